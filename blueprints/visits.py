"""Visits (bezoeken): my week, one visit in half a minute, asking for one, contacts with their rhythm, and handing over my area (report 2.2.3).

The worker answers the same URLs (static/worker/visits.js).
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, seeing, server, visits_screen
from blueprints.frame import frame, show
from blueprints.reach import replaced
from card.entry import is_uuid7
from card.fold import Card
from store import log, people

blueprint = Blueprint("visits", __name__)

Fields = dict[str, list[str]]


@blueprint.get("/visits")
@doors.signed_in
def overview() -> Response:
    cards = mine()
    return show(visits_screen.overview(frame=frame(*cards), cards=cards))


@blueprint.get("/visits/new")
@doors.signed_in
def new_visit() -> AnyResponse:
    if current_user.domain != "police":
        return redirect("/visits/ask", 303)
    cards, to = mine(), visited(request.args.get("to"))
    values: Fields = {"card": [server.new_id()], "share": ["true"]} if to and to["visit"]["asked"] else {"card": [server.new_id()]}
    seen = frame(*cards)
    values["whom"] = [row["whom"] for row in visits_screen.contact_rows(seen, cards) if row["card"] == request.args.get("contact")]
    return show(visits_screen.new_visit(frame=seen, cards=cards, to=to, values=values, errors={}))


@blueprint.post("/visits")
@doors.signed_in
def log_visit() -> AnyResponse:
    if current_user.domain != "police":
        abort(404)
    cards, fields, to = mine(), request.form.to_dict(flat=False), visited(request.form.get("to"))
    seen = frame(*cards)
    drafts, errors, key = visits_screen.read_visit(seen, fields, to)
    if errors:
        return show(visits_screen.new_visit(frame=seen, cards=cards, to=to, values=fields, errors=errors), 422)
    card = id_of(fields, "card")
    if log.is_opened(card) or (to is not None and any(item["id"] == card for item in to["timeline"])):
        return redirect("/visits", 303)
    entries = server.opening(card, drafts) if to is None else server.more_on(to, drafts, first_id=card)
    contact = visits_screen.contact_of(cards, key)
    if contact is not None:
        day = next(body["on"] for kind, body, _ in drafts if kind == "visit.logged")
        entries += server.more_on(contact, [("contact.visited", {"on": day}, "org")], first_id=server.id_on(card, len(drafts)))
    server.hand_in(list(entries))  # at once: by the visit a second tap is known, and its contact counts it too
    return redirect("/visits", 303)


@blueprint.get("/visits/ask")
@doors.signed_in
def ask() -> Response:
    return show(visits_screen.ask_visit(frame=frame(), values={"card": [server.new_id()]}, errors={}))


@blueprint.post("/visits/ask")
@doors.signed_in
def asked() -> AnyResponse:
    fields, seen = request.form.to_dict(flat=False), frame()
    drafts, errors = visits_screen.read_question(seen, fields)
    if errors:
        return show(visits_screen.ask_visit(frame=seen, values=fields, errors=errors), 422)
    server.open_card(id_of(fields, "card"), drafts)
    return redirect("/visits", 303)


@blueprint.get("/visits/contact")
@doors.signed_in
def new_contact() -> Response:
    cards = mine()
    return show(visits_screen.new_contact(frame=frame(*cards), cards=cards, values={"card": [server.new_id()]}, errors={}))


@blueprint.post("/visits/contact")
@doors.signed_in
def keep_contact() -> AnyResponse:
    cards, fields = mine(), request.form.to_dict(flat=False)
    seen = frame(*cards)
    drafts, errors = visits_screen.read_contact(seen, fields)
    if errors:
        return show(visits_screen.new_contact(frame=seen, cards=cards, values=fields, errors=errors), 422)
    server.open_card(id_of(fields, "card"), drafts)
    return redirect("/visits", 303)


@blueprint.get("/visits/handover")
@doors.signed_in
def handing_over() -> Response:
    return handover_page({}, {})


@blueprint.post("/visits/handover")
@doors.signed_in
def hand_over() -> AnyResponse:
    """Each contact that is mine becomes the colleague's, by an entry on each."""
    fields = request.form.to_dict(flat=False)
    body, errors = visits_screen.read_handing_over(people.colleagues_of(current_user.org), fields, server.now_ms())
    if errors:
        return handover_page(fields, errors, 422)
    for card in mine():
        if card["type"] == "contact" and not card["closed"] and card["contact"]["keeper"] == current_user.person:
            server.write_on(card, [("contact.handed_over", body, "org")], [item["id"] for item in card["contact"]["handed_over"]])
    return redirect("/visits", 303)


@blueprint.post("/cards/<uuid:card>/follow-up")
@doors.member
def follow_up(card: UUID) -> AnyResponse:
    """Done, or not after all: one tap in my week."""
    found = server.folded_or_404(card)
    asked = request.form.get("follow_up")
    one = next((one for one in found["visit"]["follow_ups"] if one["item"]["id"] == asked), None) or abort(404)
    kind = "follow_up.reopened" if "again" in request.form else "follow_up.done"
    if (kind == "follow_up.done") == (one["done"] is None):
        audience = one["item"]["audience"]
        server.write_on(found, [(kind, {"follow_up": asked}, audience)], replaced(found, one["heads"], audience))
    return redirect("/visits", 303)


def handover_page(fields: Fields, errors: dict[str, str], status: int = 200) -> Response:
    cards, colleagues = mine(), people.colleagues_of(current_user.org)
    facts = {"colleagues": colleagues, "values": fields, "errors": errors}
    return show(visits_screen.handing_over(frame=frame(*cards), cards=cards, **facts), status)


def mine() -> list[Card]:
    """The visits and contacts of the viewer's organisation, as seen in a list."""
    cards = server.folded_of_type("visit", "contact")
    seeing.saw_list([(card["id"], log.standing(current_user.viewer, card["id"])) for card in cards])
    return cards


def visited(card: str | None) -> Card | None:
    """The card of a visit that was asked for or planned, where the address names one."""
    found = server.folded(card) if card and is_uuid7(card) else None
    if card and (found is None or "visit" not in found["types"]):
        abort(404)
    return found


def id_of(fields: Fields, name: str) -> str:
    given = (fields.get(name) or [""])[0]
    return given if is_uuid7(given) else server.new_id()
