"""Joining a card: a code of six characters, shown as a QR too, puts whoever types or scans it on the card."""

from __future__ import annotations

from uuid import UUID

import segno
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen, seeing, server
from blueprints.frame import frame, is_fragment, show
from blueprints.limits import tries
from card.clock import clock
from card.hlc import tick
from store import codes, log

blueprint = Blueprint("joining", __name__)


@blueprint.post("/cards/<uuid:card>/code")
@doors.member
def make_code(card: UUID) -> AnyResponse:
    found = server.folded_or_404(card)
    code, ends_ms = codes.new_code(found["id"], server.now_ms())
    address = url_for("joining.join_form", code=code, _external=True)
    ends = tick(None, ends_ms, "00000000")
    if not doors.wants_page():
        return jsonify(code=code, expires=ends_ms, until=clock(ends), url=address)
    drawn = segno.make(address, error="m").svg_inline(scale=6, border=3, svgclass="qr", omitsize=True)
    facts = {"card": found, "code": code, "until": ends, "qr": drawn, "url": address}
    return Response(render_template("code.html" if is_fragment() else "code_page.html", **facts, **frame(found)))


@blueprint.get("/join")
@doors.signed_in
def join_form() -> Response:
    return form(request.args.get("code", ""), {})


@blueprint.post("/join")
@doors.signed_in
@tries("20 per 15 minutes", key_func=lambda: f"join {getattr(current_user, 'person', get_remote_address())}")
def join() -> AnyResponse:
    said = str((doors.facts_sent() if request.is_json else request.form).get("code", ""))
    card = codes.use_code(said, current_user.person, server.now_ms())
    if card is None and (there := codes.card_of(said, server.now_ms())) and was_let_in(there):
        return let_in(there)
    if card is None:
        seeing.did("join", outcome="refused", ground="none")
        problem = "required" if not said.strip() else "code"
        if not doors.wants_page():
            return doors.refused(422, problem, "Deze code is onjuist, verlopen of al gebruikt.")
        return form(said, {"code": problem}, 422)
    server.put_on(card)
    return let_in(card)


def was_let_in(card: str) -> bool:
    """Whether this is a second tap, of which the first was good; or a device that never heard the answer and asks again."""
    return log.is_on(doors.viewer(), card) and (doors.wants_page() or log.joined_with(card, current_user.person, current_user.device))


def let_in(card: str) -> AnyResponse:
    if not doors.wants_page():
        return jsonify(card=card)
    if is_fragment():
        return Response(headers={"HX-Redirect": f"/cards/{card}"})
    return redirect(f"/cards/{card}", 303)


def form(code: str, errors: dict[str, str], status: int = 200) -> Response:
    return show(screen.join(frame=frame(), code=code, errors=errors), status)
