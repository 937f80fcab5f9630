"""Handover (overdracht) as a document: the four parts of SBAR, and what became of the offer.

Only an accepted offer is final: the receiver is then its second attester. A withdrawn or declined offer is no handover; the document says so in its
status and in words, so that nobody who files it takes it for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from card.hlc import millis
from export.document import Attested, Document, Section
from export.names import Names
from export.said import corrections, part, signed, status_of, text

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
        status=status_of(_STATUS.get(offer["state"], "entered-in-error"), item),
        about=str(card["about"] or ""),
        at_ms=millis(item["at"]),
        by=names.writer(item),
        attested=tuple(Attested(names.writer(said), millis(said["at"])) for said in offer["acceptances"]),
        sections=(*_parts(card, item, names), _outcome(offer, names)),
    )


def _parts(card: Mapping[str, Any], item: Mapping[str, Any], names: Names) -> Iterator[Section]:
    for code, fields in PARTS.items():
        yield part(item, (code, names.field(code, KIND)), fields, names, _card(card, names) if code == "situation" else ())


def _card(card: Mapping[str, Any], names: Names) -> Rows:
    if isinstance(card["situation"], str):
        yield names.field("situation", "card.opened"), names.word(f"situation.{card['situation'].replace('-', '_')}")
    if card["place"]:
        yield names.field("place", "card.opened"), str(card["place"])


def _outcome(offer: Offer, names: Names) -> Section:
    return Section("outcome", names.word("export.outcome"), tuple(_answers(offer, names)), names.word(f"state.{offer['state']}"))


def _answers(offer: Offer, names: Names) -> Rows:
    yield names.word("export.state"), names.word(f"state.{offer['state']}")
    for kind in ("acceptances", "releases", "declines", "withdrawals"):
        for said in offer[kind]:
            yield names.word(f"kind.{said['kind']}"), _with_reason(said, names)
    for asked in offer["questions"]:
        yield names.word("kind.handover.asked"), signed(asked["item"], str(asked["item"]["body"].get("text", "")), names)
        for answer in asked["answers"]:
            yield names.word("kind.handover.answered"), signed(answer, str(answer["body"].get("text", "")), names)
    yield from corrections(offer["item"], names)


def _with_reason(said: Mapping[str, Any], names: Names) -> str:
    body = said["body"]
    words = filter(None, (text(said["kind"], name, body.get(name), names) for name in ("read_back", "reason") if name in body))
    return signed(said, "\n".join(words), names)
