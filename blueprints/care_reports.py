"""Care reports: sending one from a card or without, and what became of those that were sent and received. The worker answers the same URLs
(static/worker/care_reports.js).
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import care_report_screen, doors, screen, seeing, server
from blueprints.forms import new_id, to_card, uuid_of
from blueprints.frame import frame, show
from card.entry import is_uuid7
from card.fold import Card
from store import log

blueprint = Blueprint("care_reports", __name__)


@blueprint.get("/care-reports")
@doors.signed_in
def reports() -> Response:
    cards = server.folded_of_type("care_report")
    seeing.saw_list([(card["id"], log.standing(current_user.viewer, card["id"])) for card in cards])
    return show(care_report_screen.care_report_list(frame=frame(*cards), cards=cards))


@blueprint.get("/care-reports/new")
@doors.signed_in
def form() -> Response:
    facts = {"incident": made_from(request.args.get("card")), "values": {}, "errors": {}}
    return show(care_report_screen.care_report_form(frame=frame(), card=new_id(), **facts))


@blueprint.post("/care-reports")
@doors.signed_in
def send() -> AnyResponse:
    """The report becomes a card of its own; the card that it was made from says that it was made, once."""
    fields = request.form.to_dict(flat=False)
    incident, seen, card = made_from(request.form.get("incident")), frame(), uuid_of(fields, "card")
    told, errors = care_report_screen.read_care_report(seen, fields)
    if errors:
        return show(care_report_screen.care_report_form(frame=seen, card=card, incident=incident, values=fields, errors=errors), 422)
    server.open_card(card, care_report_screen.report_drafts(told))
    if incident and not any(item["body"]["report"] == card for item in incident["care_reports"]):
        audience = request.form.get("audience", "all")
        made = care_report_screen.made(told, card)
        server.write_on(incident, [("care_report.made", made, audience if audience in screen.theirs(seen) else "all")])
    return to_card(card)


@blueprint.get("/care-reports/<uuid:card>/print")
@doors.member
def on_paper(card: UUID) -> Response:
    found = server.folded_or_404(card)
    return show(care_report_screen.care_report_print(frame=frame(found), card=found))


def made_from(card: str | None) -> Card | None:
    """The card that a report is made from, where the form names one that this viewer may see."""
    found = server.folded(card) if card and is_uuid7(card) else None
    if card and found is None:
        abort(404)
    if found:
        seeing.saw_list([(found["id"], log.standing(current_user.viewer, found["id"]))])
    return found
