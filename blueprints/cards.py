"""Cards: which there are, opening one, its views, and writing on it. The worker answers the same URLs (static/worker/cards.js, entries.js)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import carried, consulted, doors, missed, reach, screen, seeing, server
from blueprints.engine import words
from blueprints.forms import new_id, to_card, uuid_of
from blueprints.frame import Frame, frame, is_fragment, language, show
from blueprints.visits_screen import is_anonymous_visit
from card.anonymous import is_anonymous
from card.card_type import sections_of
from card.consultation import with_days
from card.doubt import ground_asked, names_asked
from card.entry import Rejected, is_uuid7
from card.fold import Card
from card.form import read_form
from card.leaving import left_holding
from card.service_request import with_agreed
from card.vocabulary import KINDS, TYPES
from store import afterwards, directory, log

blueprint = Blueprint("cards", __name__)

# The types of cards in the list that people begin with.
HOME = tuple(type_ for type_, rule in TYPES.items() if rule.get("home"))


# What whoever is asked agreed to beforehand goes into the question: by then it counts as late.
AGREED = {"service.requested": with_agreed, "consultation.asked": with_days}
# The situations that have a form of their own to begin with.
FORMS = {rule["situation"]: rule["begins"] for rule in TYPES.values() if "begins" in rule}


@blueprint.get("/")
@doors.signed_in
def home() -> Response:
    cards = server.folded_of_type(*HOME)
    seeing.saw_list([(card["id"], log.standing(current_user.viewer, card["id"])) for card in cards])
    facts = {**frame(*cards), "feedback_after_h": afterwards.after_h(current_user.org)}
    return show(screen.home(frame=facts, cards=cards))


@blueprint.get("/alarms")
@doors.signed_in
def alarms() -> Response:
    cards = [card for card in map(server.folded, log.cards_with_alarms(current_user.viewer)) if card]
    seeing.saw_list([(card["id"], log.standing(current_user.viewer, card["id"])) for card in cards if screen.ringing(card)])
    return show(screen.alarms(frame=frame(*cards), cards=cards))


@blueprint.get("/cards/new")
@doors.signed_in
def new_card() -> AnyResponse:
    own = FORMS.get(request.args.get("situation", ""))
    if own:
        return redirect(own, 303)
    asked = {name: request.args.get(name) for name in ("context", "situation", "type")}
    begun = carried.carried(begun_from(request.args.get("from")), current_user.org, request.args.get("asked", ""))
    values = {"card": new_id(), **begun["values"]}
    return show(screen.new_card(frame=frame(), values=values, errors={}, begun={**begun, "with": begun["organisations"]}, **asked))


@blueprint.post("/cards")
@doors.signed_in
def open_card() -> AnyResponse:
    fields = request.form.to_dict(flat=False)
    before = begun_from(request.form.get("from"))
    body, errors = read_form("card.opened", fields, server.now_ms())
    errors, named = doubts("card.opened", body, "all", bool(body.get("anonymous")), fields, errors)
    if errors or named:
        values = {name: texts[0] for name, texts in fields.items()}
        asked = {name: values.get(name) for name in ("context", "situation", "type")}
        begun = {**carried.carried(before, current_user.org), "with": fields.get("with", [])}
        return show(screen.new_card(frame=frame(), values=values, errors=errors, named=named, begun=begun, **asked), 422)
    card = uuid_of(fields, "card")
    here = {"person": current_user.person, "position": "in_sight"}
    shared = [("card.shared", told, "all") for told in carried.shares(fields, before, current_user.org)]
    server.open_card(card, [("card.opened", body, "all"), *([("presence.arrived", here, "all")] if begins_now(body) else []), *shared])
    return to_card(card)


def begun_from(card: str | None) -> Card | None:
    """The card from which this one is opened, as far as its opener may see it."""
    return server.folded(card) if card and is_uuid7(card) else None


@blueprint.get("/cards/<uuid:card>")
@doors.member
def page(card: UUID) -> Response:
    found = server.folded_or_404(card)
    return show(screen.card(frame=of_card(found), card=found))


@blueprint.get("/cards/<uuid:card>/sections")
@doors.member
def sections(card: UUID) -> Response:
    found = server.folded_or_404(card)
    names = [name for name in request.args.get("names", "").split(",") if name]
    return show(screen.sections(frame=of_card(found), card=found, names=names))


@blueprint.get("/cards/<uuid:card>/timeline")
@doors.member
def timeline(card: UUID) -> Response:
    found = server.folded_or_404(card)
    return show(screen.timeline(frame=frame(found), card=found, before=request.args.get("before")))


@blueprint.get("/cards/<uuid:card>/bonnet")
@doors.member
def bonnet(card: UUID) -> Response:
    found = server.folded_or_404(card)
    return show(screen.bonnet(frame=frame(found), card=found))


@blueprint.get("/cards/<uuid:card>/people")
@doors.member
def people(card: UUID) -> Response:
    found = server.folded_or_404(card)
    return show(screen.people(frame=frame(found), card=found))


@blueprint.get("/cards/<uuid:card>/entries/new")
@doors.member
def form(card: UUID) -> Response:
    found, kind = server.folded_or_404(card), writable(request.args.get("kind"))
    return form_page(found, kind, values={}, errors={}, query=request.args.to_dict(), id_=new_id())


@blueprint.post("/cards/<uuid:card>/entries")
@doors.member
def write(card: UUID) -> AnyResponse:
    """One entry. Good: the sections it changes, or the card. Not good: the form again, with the reason at the field and all that was typed."""
    found, fields = server.folded_or_404(card), request.form.to_dict(flat=False)
    kind, id_ = writable(request.form.get("kind")), uuid_of(fields, "id")
    supersedes = [old for text in fields.get("supersedes", []) for old in text.split(",") if is_uuid7(old)]
    body, errors = read_form(kind, fields, server.now_ms())
    if kind in AGREED:
        body = AGREED[kind](body, directory.book(current_user.viewer)["organisations"])
    audience = reach.audience_of(found, kind, body, request.form.get("audience"))
    errors, named = doubts(kind, body, audience, is_anonymous(found), fields, errors)
    if is_anonymous_visit(found):
        errors, named = errors | {one["field"]: "identifies" for one in names_asked(kind, body, True)}, []
    errors |= held_still(found, kind, body) if not errors else {}
    if not errors and not named:
        errors = written(found, kind, body, id_, supersedes, audience)
    if errors or named:
        return form_page(found, kind, values=fields, errors=errors, named=named, query={}, id_=id_, supersedes=supersedes, status=422)
    if not is_fragment() or KINDS[kind].get("whole_page"):
        return to_card(found["id"])
    now = server.folded_or_404(card)
    return show(screen.sections(frame=of_card(now), card=now, names=KINDS[kind]["shows"]))


def of_card(card: Card) -> Frame:
    """The frame of the page of a card: with the agreements of which some may be about it, where its page says so; of somebody missing with the other
    cards by which one sees how often that was; and with the care reports that were made from it, as far as this viewer may see them.
    """
    others = server.folded_of_type("missing") if "missing" in card["types"] else []
    agreed = server.folded_of_type("agreement") if "accords" in sections_of(card) else []
    reports = [server.folded(item["body"]["report"]) for item in card["care_reports"]]
    return {**frame(card), "missing_cards": others, "accords": agreed, "care_reports": [one for one in reports if one]}


def begins_now(opening: dict[str, Any]) -> bool:
    """Who opens a card of an incident stands there; who prepares something does not."""
    return opening.get("type", "incident") == "incident"


def doubts(
    kind: str, body: dict[str, Any], audience: str, anonymous: bool, fields: dict[str, list[str]], errors: dict[str, str]
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What is asked once more before it is written: the ground as an error of its field, and what names somebody, unless that was kept on purpose."""
    ground = None if errors else ground_asked(kind, body, audience)
    named = [] if errors or "keep_names" in fields else names_asked(kind, body, anonymous)
    return {**errors, **({"ground": ground} if ground else {})}, named


def held_still(card: Card, kind: str, body: dict[str, Any]) -> dict[str, str]:
    """Asked before the last person of an organisation that holds the card is written down as gone: hand over first, or say why not."""
    if kind != "presence.left" or body.get("reason"):
        return {}
    return {"reason": "holding"} if left_holding(card, body, current_user.person, current_user.org) else {}


def written(card: Card, kind: str, body: dict[str, Any], id_: str, supersedes: list[str], audience: str) -> dict[str, str]:
    """Hand the entry in; what the log refuses, per field of the form."""
    old = reach.replaced(card, supersedes, audience)
    entry = server.entry(card["id"], kind, body, id_=id_, after=card["timeline"], supersedes=old, audience=audience)
    closing = missed.closing(card, kind, words(language()))
    with_it = [*([("card.closed", closing)] if closing else []), *(("card.shared", shared) for shared in consulted.to_share(card, kind, body))]
    more = [server.entry(card["id"], one, said, id_=new_id(), after=[*card["timeline"], entry]) for one, said in with_it]
    refused = server.hand_in([entry, *more]).rejected.get(id_)
    return {} if refused is None or is_double_tap(card, id_) else {field_of(refused): refused.code}


def is_double_tap(card: Card, id_: str) -> bool:
    """A second tap on the same form carries the same id, stamped later: it was written already."""
    return any(item["id"] == id_ for item in card["timeline"])


def field_of(refused: Rejected) -> str:
    return (refused.field or "form").removeprefix("body.")


def form_page(card: Card, kind: str, id_: str, status: int = 200, **told: Any) -> Response:
    return show(screen.form(frame=frame(card), card=card, kind=kind, id=id_, fragment=is_fragment(), **told), status)


def writable(kind: str | None) -> str:
    """A kind that has a form on a card; one with a page of its own (`own_form`) is written there alone."""
    rule = KINDS.get(kind or "")
    if not rule or rule.get("by_server") or rule.get("own_form") or kind == "card.opened":
        abort(404)
    if rule.get("only", current_user.domain) != current_user.domain:
        abort(404)
    return str(kind)
