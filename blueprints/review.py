"""Review: team leads look back on the cards of their team; a card that is still open only after they say why (report 2.3).

The worker does not answer these: what a lead looks back on is not kept on a phone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, review_screen, screen, seeing, server
from blueprints.frame import frame
from blueprints.quote import with_quotes
from card.entry import is_uuid7, trimmed
from card.fold import fold
from store import log, looking_back, looks

blueprint = Blueprint("review", __name__)

MOST = 500


@blueprint.get("/review")
@doors.lead
def cards() -> AnyResponse | str:
    """Closed cards, by what the lead looks for; or with `open` those that are not closed."""
    before = request.args.get("before", "")
    before = before if is_uuid7(before) else ""
    return open_cards(before) if "open" in request.args else closed(before)


def closed(before: str) -> str:
    seen = frame()
    wanted = review_screen.wanted(seen, request.args.to_dict(flat=False))
    found = looking_back.closed_cards_by_now(doors.viewer(), replace(wanted, before=before), looks.PAGE + 1)
    rows = review_screen.rows(found[: looks.PAGE])
    saw(rows)
    older = rows[-1]["id"] if len(found) > looks.PAGE else None
    facts = {**review_screen.filters(seen, wanted), "rows": rows, "older": older, "team": doors.viewer().team}
    return render_template("review/cards.html", **facts, **seen)


def open_cards(before: str) -> str:
    looking_back.bring_up_to_date(doors.viewer(), before)
    ids = looks.open_cards_of_team(doors.viewer(), before or None, server.now_ms())
    rows = [looks.outline(doors.viewer(), card) for card in ids[: looks.PAGE]]
    saw(rows)
    older = rows[-1]["id"] if len(ids) > looks.PAGE else None
    return render_template("review/open.html", rows=rows, older=older, team=doors.viewer().team, **frame())


def saw(rows: list[dict[str, Any]]) -> None:
    seeing.saw_list([(row["id"], replace(log.standing(doors.viewer(), row["id"]), ground="review")) for row in rows])


@blueprint.get("/review/<uuid:card>")
@doors.reviewer
def card(card: UUID) -> AnyResponse | tuple[str, int] | str:
    looked, _ = looks.review(doors.viewer(), str(card), server.now_ms())
    if looked is None:
        return ask(str(card), "", None)
    found = fold(looked.entries)
    facts = frame(found)
    more = {**screen.facts(facts, found), **review_screen.looked_back(facts, found, looked), "items": with_quotes(found, found["timeline"])}
    partners = sorted(log.took_part(str(card)) - {doors.viewer().org})
    return render_template("review/card.html", **{**facts, **more, "partners": partners})


@blueprint.get("/review/<uuid:card>/training")
@doors.reviewer
def training(card: UUID) -> AnyResponse | str:
    """The card without anybody in it, to print and to learn from."""
    told = without_anybody(card)
    return ask(str(card), "", None) if told is None else render_template("review/training.html", told=told, card_id=card, **frame())


@blueprint.get("/review/<uuid:card>/training.json")
@doors.reviewer
def training_file(card: UUID) -> AnyResponse | str:
    told = without_anybody(card)
    if told is None:
        return ask(str(card), "", None)
    answer = jsonify(told)
    answer.headers["Content-Disposition"] = 'attachment; filename="training.json"'
    return answer


def without_anybody(card: UUID) -> dict[str, Any] | None:
    """None where the lead has to say first why they look."""
    looked, _ = looks.review(doors.viewer(), str(card), server.now_ms())
    return None if looked is None else review_screen.training(frame(), looked)


@blueprint.post("/review/<uuid:card>")
@doors.reviewer
def look(card: UUID) -> AnyResponse | tuple[str, int] | str:
    """The reason comes first: it is on the card, for everybody there, before the lead sees anything of it."""
    found, is_closed = looks.review(doors.viewer(), str(card), server.now_ms())
    reason = trimmed(request.form.get("reason", ""))
    if found is None and not is_closed:
        if not reason or len(reason) > MOST or not server.sayable(reason):
            return ask(str(card), reason, "required" if not reason else "wrong" if len(reason) <= MOST else "too_large"), 422
        server.put_look(str(card), reason)
        looks.note(doors.viewer(), str(card), reason, server.now_ms())
    return redirect(f"/review/{card}", 303)


def ask(card: str, reason: str, error: str | None) -> str:
    facts: dict[str, Any] = {"row": looks.outline(doors.viewer(), card), "reason": reason, "error": error, "most": MOST}
    return render_template("review/ask.html", **facts, **frame())
