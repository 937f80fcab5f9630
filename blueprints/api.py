"""API: what other systems of an organisation read, with a token of it (`/api/v1`, docs/api.md). Reading only; the contract is `openapi.json` beside
this file, and tests hold both together.

Another feature that is read by systems puts its routes under `/api/v1` in a file of its own, with `doors.token` and a scope in store/api_tokens.py,
and its part into `openapi.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, jsonify, request, url_for

from blueprints import agenda, documents, doors, figures_screen, seeing, server
from blueprints.engine import words
from card.closing import closed
from card.entry import is_uuid7
from card.fold import Card
from card.gathered import Gathered
from card.hlc import millis
from export.calendar import MIMETYPE, calendar
from export.document import instant
from export.handover import offer_of
from review.facts import facts
from review.marks import marks
from review.period import whole_minutes
from store import figures, log, looking_back, looks
from store.looking_back import Row, Wanted

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

# The parameters of each operation that has any; `before` is of those that answer by pages.
PARAMETERS = {"api.cards": {"before"}, "api.handovers": {"before"}, "api.counted": {"quarter", "part"}, "api.reviews": {"before"}}
QUARTER = re.compile(r"[0-9]{4}Q[1-4]")
PAGE = 50
CONTRACT = Path(__file__).parent / "openapi.json"
OUTLINE = ("id", "type", "situation", "place", "about", "organisations", "holders")


@blueprint.before_request
def as_the_contract_says() -> None:
    """A word that no operation knows was meant to narrow the answer, and would not: better refused than not heard."""
    if set(request.args) - PARAMETERS.get(str(request.endpoint), set()):
        abort(400, "There is no such parameter.")


@blueprint.get("/openapi.json")
@doors.public
def openapi() -> Response:
    return Response(CONTRACT.read_text("utf-8"), mimetype="application/json")


@blueprint.get("/token")
@doors.token()
def token() -> Response:
    bearer = g.bearer
    return jsonify(organisation=bearer.org, name=bearer.name, scopes=list(bearer.scopes), expires=instant(bearer.expires_ms))


@blueprint.get("/cards")
@doors.token("cards:read")
def cards() -> Response:
    ids, following = paged("card.opened")
    found = list(folded(ids))
    seeing.saw_list([(card["id"], log.standing(server.viewer(), card["id"])) for card in found], where="api.cards")
    return jsonify(cards=[outline(card) for card in found], next=following)


@blueprint.get("/cards/<uuid:card>")
@doors.token("cards:read")
def card(card: UUID) -> Response:
    return jsonify(server.folded_or_404(card))


@blueprint.get("/handovers")
@doors.token("handovers:read")
def handovers() -> Response:
    ids, following = paged("handover.offered")
    rows = [row for card in folded(ids) for row in handovers_of(card)]
    told = sorted({row["card"] for row in rows})
    seeing.saw_list([(card, log.standing(server.viewer(), card)) for card in told], where="api.handovers")
    return jsonify(handovers=rows, next=following)


@blueprint.get("/cards/<uuid:card>/handovers/<uuid:offer>")
@doors.token("handovers:read")
def handover(card: UUID, offer: UUID) -> Response:
    found = server.folded_or_404(card)
    told = offer_of(found, str(offer))
    return documents.of_handover(found, told) if told and g.bearer.may_hand_out(told) else abort(404)


@blueprint.get("/cards/<uuid:card>/care-report")
@doors.token("cards:read")
def care_report(card: UUID) -> Response:
    return documents.of_care_report(server.folded_or_404(card))


@blueprint.get("/calendar")
@doors.token("calendar:read")
def events() -> Response:
    return jsonify(events=[{"id": one.id, "on": one.on, "title": one.title, "address": one.address} for one in agenda.events(whole=True)])


@blueprint.get("/calendar.ics")
@doors.token("calendar:read")
def feed() -> Response:
    return Response(calendar(words("nl")["calendar.name"], agenda.events(whole=True), server.now_ms()), mimetype=MIMETYPE)


@blueprint.get("/follow-ups")
@doors.token("calendar:read")
def follow_ups() -> Response:
    cards = server.folded_of_type("visit")
    rows = [row for card in cards for row in follow_ups_of(card)]
    told = sorted({row["card"] for row in rows})
    seeing.saw_list([(card, log.standing(server.viewer(), card)) for card in told], where="api.follow_ups")
    return jsonify(follow_ups=sorted(rows, key=lambda row: (row["on"], row["id"])))


@blueprint.get("/figures")
@doors.token("figures:read")
def counted() -> Response:
    """The figures of a quarter, as leads see them: what is too small to be shown is not here either."""
    asked = figures_screen.read("", request.args.get("part", ""), server.today())
    quarter = request.args.get("quarter", asked.quarter)
    if asked.errors or not QUARTER.fullmatch(quarter) or request.args.get("part") == "":
        abort(400, "`quarter` is as 2026Q4; `part` a situation, a partner or an area, as partner:crisisdienst.")
    found = figures.figures(g.bearer.org, [quarter], asked.part, asked.today)[quarter]
    return jsonify(quarter=quarter, part=asked.part_typed or None, tables={what: asdict(found[what]) for what in figures.TABLES})


@blueprint.get("/reviews")
@doors.token("review:read")
def reviews() -> Response:
    """The closed cards of the organisation and what happened on them, as its leads find them; no text of any."""
    found = looking_back.closed_cards_by_now(server.viewer(), Wanted(before=before_what() or ""), PAGE + 1)
    rows = [reviewed(row) for row in found[:PAGE]]
    seeing.saw_list([(row["id"], log.standing(server.viewer(), row["id"])) for row in rows], where="api.reviews")
    return jsonify(reviews=rows, next=url_for("api.reviews", before=rows[-1]["id"]) if len(found) > PAGE else None)


@blueprint.get("/reviews/<uuid:card>")
@doors.token("review:read")
def review(card: UUID) -> Response:
    """How long everything took on a closed card; of what is for everybody on it."""
    told = Gathered(looks.shared(str(card)).entries)
    if closed(told) is None:
        abort(404)
    found = facts(told, server.now_ms())
    took = {**found, "help": [asdict(one) for one in found["help"]], "marks": marks(told, server.now_ms())}
    return jsonify(id=str(card), **took)


def reviewed(row: Row) -> dict[str, Any]:
    moments = {"opened": instant(row.opened_ms), "closed": instant(row.closed_ms)}
    known = {name: getattr(row, name) for name in ("id", "situation", "holders", "marks")}
    return {**known, **moments, "minutes": whole_minutes(row.opened_ms, row.closed_ms), "address": url_for("api.review", card=row.id)}


def paged(kind: str) -> tuple[list[str], str | None]:
    """A page of the cards with an entry of this kind, newest first, and the address of the next one where there is more."""
    ids = log.page(server.viewer(), before_what() or looks.AFTER_ALL, PAGE + 1, kind)
    more = len(ids) > PAGE
    return ids[:PAGE], url_for(str(request.endpoint), before=ids[PAGE - 1]) if more else None


def before_what() -> str | None:
    before = request.args.get("before")
    if before is not None and not is_uuid7(before):
        abort(400, "`before` is the id of a card.")
    return before


def folded(ids: Iterable[str]) -> Iterable[Card]:
    return (card for card in map(server.folded, ids) if card is not None)


def outline(card: Card) -> dict[str, Any]:
    opened, closed = card["opened"], card["closed"]
    moments = {name: instant(millis(said["at"])) if said else None for name, said in (("opened", opened), ("closed", closed))}
    return {**{name: card[name] for name in OUTLINE}, **moments, "address": url_for("api.card", card=card["id"])}


def handovers_of(card: Card) -> Iterable[dict[str, Any]]:
    for offer in card["handovers"]:
        if g.bearer.may_hand_out(offer):
            item = offer["item"]
            address = url_for("api.handover", card=card["id"], offer=item["id"])
            told = {"from": offer["from"], "to": offer["to"], "state": offer["state"], "offered": instant(millis(item["at"]))}
            yield {"id": item["id"], "card": card["id"], **told, "address": address}


def follow_ups_of(card: Card) -> Iterable[dict[str, Any]]:
    for one in card["visit"]["follow_ups"]:
        body = one["item"]["body"]
        yield {"id": one["item"]["id"], "card": card["id"], "what": body["what"], "on": body["on"], "done": one["done"] is not None}
