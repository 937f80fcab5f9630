"""Outgoing: a card on paper, and a handover or a care report as FHIR for the record of another system. Each holds what its reader may see of the
card, and is written down as handed out. The worker answers none of them: what leaves Motorkap leaves it where that is logged.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, render_template

from blueprints import documents, doors, period, screen, server
from blueprints.frame import frame
from blueprints.quote import with_quotes
from export.handover import offer_of
from store.access_log import iso

blueprint = Blueprint("outgoing", __name__)


@blueprint.get("/cards/<uuid:card>/print")
@doors.member
def card(card: UUID) -> Response:
    found = server.folded_or_404(card)
    seen = frame(found)
    made = {"made": period.moment(iso(server.now_ms())), "items": with_quotes(found, found["timeline"])}
    return Response(render_template("print/card.html", **{**seen, **screen.facts(seen, found), **made}))


@blueprint.get("/cards/<uuid:card>/handovers/<uuid:offer>")
@doors.member
def handover(card: UUID, offer: UUID) -> Response:
    found = server.folded_or_404(card)
    return documents.of_handover(found, offer_of(found, str(offer)) or abort(404))


@blueprint.get("/cards/<uuid:card>/care-report")
@doors.member
def care_report(card: UUID) -> Response:
    return documents.of_care_report(server.folded_or_404(card))
