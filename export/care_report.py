"""Care report (zorgmelding) as a document, in the order of SBAR: what goes on, what is known, how it was judged, what is asked; and what came of it.

It is final once whoever it is for said that they have it, or took it up: they are then its second attester.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from card.hlc import millis
from export.document import Attested, Document, Section
from export.names import Names
from export.said import corrections, part, signed, status_of, text

KIND = "care_report.sent"
REFERRAL = ("57133-1", "Referral note")
PARTS = {
    "situation": ("whom", "situation"),
    "background": ("facts", "children", "children_note", "done", "told"),
    "assessment": ("screening", "level"),
    "request": ("ask", "call_back", "until_day", "until_time"),
}


def report_of(card: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The report that counts on the card of a report, where one was sent."""
    return next(iter(reversed(card["care_report"]["sent"])), None)


def document(card: Mapping[str, Any], item: Mapping[str, Any], names: Names) -> Document:
    told, body = card["care_report"], item["body"]
    to = names.party(body["to"]).name if body.get("to") else str(body.get("to_name") or "")
    taken = [said for said in told["answers"] if said["kind"] in ("care_report.received", "care_report.taken_up")]
    return Document(
        id=item["id"],
        loinc=REFERRAL,
        title=f"{names.word('care_report.title')}: {names.party(item['org']).name} → {to}",
        status=status_of("final" if taken else "preliminary", item),
        about=str(body.get("whom") or card["about"] or ""),
        at_ms=millis(item["at"]),
        by=names.writer(item),
        attested=tuple(Attested(names.writer(said), millis(said["at"])) for said in taken[:1]),
        sections=(*_parts(card, item, names), _outcome(told, item, names)),
    )


def _parts(card: Mapping[str, Any], item: Mapping[str, Any], names: Names) -> Iterator[Section]:
    for code, fields in PARTS.items():
        where = [(names.field("place", "card.opened"), str(card["place"]))] if code == "situation" and card["place"] else []
        yield part(item, (code, names.field(code, "handover.offered")), fields, names, where)


def _outcome(told: Mapping[str, Any], item: Mapping[str, Any], names: Names) -> Section:
    state = names.word(f"care_report.state.{told['state']}")
    rows = [(names.word("export.state"), state), *_answers(told, names), *corrections(item, names)]
    return Section("outcome", names.word("export.outcome"), tuple(rows), state)


def _answers(told: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    for said in told["answers"]:
        words = [text(said["kind"], name, said["body"].get(name), names) for name in ("note", "outcome") if said["body"].get(name)]
        yield names.word(f"kind.{said['kind']}"), signed(said, "\n".join(words), names)
    for asked in told["questions"]:
        yield names.word("kind.care_report.asked"), signed(asked["item"], str(asked["item"]["body"].get("text", "")), names)
        for answer in asked["answers"]:
            yield names.word("kind.care_report.answered"), signed(answer, str(answer["body"].get("answer", "")), names)
