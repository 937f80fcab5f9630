"""Documents: what of a card is handed out as FHIR, as an answer. One function for each kind of document (export/)."""

from __future__ import annotations

import json

from flask import Response, abort

from blueprints import server
from blueprints.engine import words
from blueprints.frame import named_on
from card.fold import Card
from export import care_report, handover
from export.document import MIMETYPE, Document, bundle
from export.names import Names
from store import people


def of_handover(card: Card, offer: handover.Offer) -> Response:
    return answer(handover.document(card, offer, names(card)), f"overdracht-{offer['item']['id']}.fhir.json")


def of_care_report(card: Card) -> Response:
    item = care_report.report_of(card) or abort(404)
    return answer(care_report.document(card, item, names(card)), f"zorgmelding-{item['id']}.fhir.json")


def names(card: Card) -> Names:
    """In Dutch: whoever files it is somebody of this country."""
    return Names(words("nl"), people.names_of(named_on([card])), {one["id"]: one for one in people.organisations()})


def answer(document: Document, file: str) -> Response:
    told = json.dumps(bundle(document, server.now_ms()), ensure_ascii=False, indent=1)
    return Response(told, mimetype=MIMETYPE, headers={"Content-Disposition": f'attachment; filename="{file}"'})
