"""Handover (overdracht) as a document: the four parts of SBAR, and what became of the offer.

Only an accepted offer is final: the receiver is then its second attester. A withdrawn or declined offer is no handover; the document says so in its
status and in words, so that nobody who files it takes it for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from card.clock import clock, day
from card.hlc import millis
from export.document import Attested, Document, Section
from export.names import Names

KIND = "handover.offered"
TRANSFER_SUMMARY = ("18761-7", "Transfer summary note")
PARTS = {
    "situation": ("situation", "injuries", "restraints"),
    "background": ("background", "medication", "substances", "searched", "found", "weapons", "belongings", "left_behind"),
    "assessment": ("assessment", "if_then"),
    "request": ("request", "call_back"),
}
_STATUS = {"offered": "preliminary", "accepted": "final", "released": "final", "crossed": "final"}

Offer = Mapping[str, Any]
Rows = Iterator[tuple[str, str]]


def offer_of(card: Mapping[str, Any], id_: str) -> Offer | None:
    return next((offer for offer in card["handovers"] if offer["item"]["id"] == id_), None)


def document(card: Mapping[str, Any], offer: Offer, names: Names) -> Document:
    item = offer["item"]
    title = f"{names.word('handover.title')}: {names.party(offer['from']).name} → {names.party(offer['to']).name}"
    return Document(
        id=item["id"],
        loinc=TRANSFER_SUMMARY,
        title=title,
        status=_status(offer),
        about=str(card["about"] or ""),
        at_ms=millis(item["at"]),
        by=names.writer(item),
        attested=tuple(Attested(names.writer(said), millis(said["at"])) for said in offer["acceptances"]),
        sections=(*(_part(card, item, part, names) for part in PARTS), _outcome(offer, names)),
    )


def _status(offer: Offer) -> str:
    known = _STATUS.get(offer["state"], "entered-in-error")
    return "amended" if known == "final" and offer["item"]["corrections"] else known


def _part(card: Mapping[str, Any], item: Mapping[str, Any], part: str, names: Names) -> Section:
    body = item["body"]
    told = [(names.field(name, KIND), _said(name, body[name], names)) for name in PARTS[part] if _is_said(body.get(name))]
    unsaid = [names.field(name, KIND) for name in PARTS[part] if not _is_said(body.get(name))]
    where = list(_card(card, names)) if part == "situation" else []
    nothing = names.word("handover.not_said")
    missing = [(nothing, "\n".join(f"{name}?" for name in unsaid))] if unsaid and (told or where) else []
    return Section(part, names.field(part, KIND), (*where, *told, *missing), f"{nothing} {', '.join(unsaid)}")


def _card(card: Mapping[str, Any], names: Names) -> Rows:
    if isinstance(card["situation"], str):
        yield names.field("situation", "card.opened"), names.word(f"situation.{card['situation'].replace('-', '_')}")
    if card["place"]:
        yield names.field("place", "card.opened"), str(card["place"])


def _is_said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _said(name: str, value: str, names: Names) -> str:
    return names.word(f"choice.searched.{value}") if name == "searched" else value


def _outcome(offer: Offer, names: Names) -> Section:
    return Section("outcome", names.word("export.outcome"), tuple(_answers(offer, names)), names.word(f"state.{offer['state']}"))


def _answers(offer: Offer, names: Names) -> Rows:
    yield names.word("export.state"), names.word(f"state.{offer['state']}")
    for kind in ("acceptances", "releases", "declines", "withdrawals"):
        for said in offer[kind]:
            yield names.word(f"kind.{said['kind']}"), _with_reason(said, names)
    for asked in offer["questions"]:
        yield names.word("kind.handover.asked"), _signed(asked["item"], str(asked["item"]["body"].get("text", "")), names)
        for answer in asked["answers"]:
            yield names.word("kind.handover.answered"), _signed(answer, str(answer["body"].get("text", "")), names)
    for said in offer["item"]["corrections"]:
        yield names.word("card.corrected"), _signed(said, said["text"], names)


def _with_reason(said: Mapping[str, Any], names: Names) -> str:
    body = said["body"]
    words = [body[name] for name in ("read_back", "reason") if _is_said(body.get(name))]
    return _signed(said, "\n".join(words), names)


def _signed(said: Mapping[str, Any], words: str, names: Names) -> str:
    writer = names.writer(said)
    signed = f"{day(said['at'])} {clock(said['at'])}, {writer.name}, {writer.party.name}"
    return f"{words}\n({signed})" if words else signed
