"""A care report as FHIR: in the order of SBAR, with what was said, what was not, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from card.fold import Card, fold
from card.vocabulary import KINDS
from export.care_report import PARTS, document, report_of
from export.document import bundle
from tests.card.logs import logs
from tests.export.test_handover_document import NAMES, NOW, checked, entry, words_in

BODY: dict[str, Any] = {
    "to": "veiligthuis", "whom": "Gezin aan de kade <&>", "situation": "Ruzie met geschreeuw", "facts": "Gat in de deur", "children": "yes",
    "children_note": "Twee, 4 en 7", "screening": "sash", "level": "middle", "done": "Stopgesprek", "told": "yes", "ask": "Neem contact op",
    "call_back": "Wijkagent, 088-1", "until_day": "2026-12-01", "until_time": "17:00",
}  # fmt: skip


def sent(*more: tuple[str, str, dict[str, Any]], body: dict[str, Any] = BODY) -> Card:
    opened = entry("card.opened", "noord", "jan", {"type": "care_report", "situation": "care_report", "place": "Kade 12"}, 1)
    report = entry("care_report.sent", "noord", "jan", body, 2)
    rest = [entry(kind, org, "fatima", {name: report["id"] if value == "REPORT" else value for name, value in told.items()}, 3 + place)
            for place, (kind, org, told) in enumerate(more)]  # fmt: skip
    return fold([opened, report, *rest])  # type: ignore[list-item]


def made(card: Card) -> dict[str, Any]:
    item = report_of(card)
    assert item is not None
    return bundle(document(card, item, NAMES), NOW)


def test_every_field_of_a_report_has_a_part_of_sbar() -> None:
    """Not for whom it is, on what ground it may be shared, and that it was sent all the same: those steer Motorkap itself."""
    assert {name for part in PARTS.values() for name in part} == set(KINDS["care_report.sent"]["fields"]) - {"to", "to_name", "ground", "incomplete"}


def test_all_that_was_said_is_in_it_in_words() -> None:
    told = made(sent())
    checked(told)
    composition = told["entry"][0]["resource"]
    assert [one["code"]["coding"][0]["code"] for one in composition["section"]] == ["situation", "background", "assessment", "request", "outcome"]
    text = words_in(told)
    for name in ("whom", "situation", "facts", "children_note", "done", "ask", "call_back", "until_time"):
        assert BODY[name] in text, name
    for words in ("Kade 12", "01-12-2026", "SASH", "Midden", "Verstuurd"):
        assert words in text, words
    assert composition["title"] == "Zorgmelding: Basisteam Noord → veiligthuis"
    assert composition["subject"] == {"display": BODY["whom"]}


def test_what_nobody_said_is_named_as_not_said() -> None:
    told = made(sent(body={"to_name": "Huisarts", "situation": "Zorgen", "incomplete": True}))
    checked(told)
    assert "Feiten: wat zag, hoorde of las u" in words_in(told)
    assert told["entry"][0]["resource"]["title"].endswith("→ Huisarts")


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([], "preliminary"),
        ([("care_report.asked", "veiligthuis", {"report": "REPORT", "text": "Welke school?"})], "preliminary"),
        ([("care_report.taken_up", "veiligthuis", {"report": "REPORT", "note": "Wij bellen morgen"})], "final"),
        ([("care_report.taken_up", "zuid", {"report": "REPORT", "note": "Niet van ons"})], "preliminary"),
    ],
)
def test_it_is_final_when_whoever_it_is_for_has_it(answers: list[tuple[str, str, dict[str, Any]]], status: str) -> None:
    told = made(sent(*answers))
    checked(told)
    assert told["entry"][0]["resource"]["status"] == status
    for _, org, body in answers:
        assert (str(body.get("note") or body.get("text")) in words_in(told)) is (org == "veiligthuis")


@given(logs())
def test_whatever_is_on_a_card_its_report_is_a_valid_document(log: Any) -> None:
    card = fold(log)
    item = report_of(card)
    if item is not None:
        checked(bundle(document(card, item, NAMES), NOW))
