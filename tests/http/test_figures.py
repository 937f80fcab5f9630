"""Figures from Flask: who sees them, what the page and its files say, and what is left out because it is small."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from bench.figures import fill
from store import summaries
from store.figures import TABLES
from tests.cast import OFFICER, Phone
from tests.http.inviting import seen
from tests.http.screens import Screen

Phones = Callable[[str], Phone]
LEAD, CARE_LEAD = "teamlead@noord.example", "teamlead@crisisdienst.example"
NOW = "2026Q4"


@pytest.fixture
def many(app: Flask) -> None:
    """Three hundred cards of two quarters, some types of which came seldom."""
    with app.app_context():
        fill(300, quarters=["2026Q3", NOW])


def page(phone: Phone, query: str = "", status: int = 200) -> Screen:
    return seen(phone.http.get(f"/figures{query}"), status)


def table(phone: Phone, what: str, query: str = "") -> list[list[str]]:
    answer = phone.http.get(f"/figures.csv?table={what}{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))


def numbers(rows: list[list[str]]) -> list[int]:
    return [int(cell) for row in rows for cell in row[3:] if cell.isdigit()]


def test_only_leads_see_them_and_of_their_own_organisation(many: None, phone: Phones) -> None:
    assert phone(OFFICER).http.get("/figures").status_code == 404
    assert phone(OFFICER).http.get("/figures.csv").status_code == 404
    assert len(table(phone(LEAD), "card")) > 5
    ours, theirs = (page(phone(who)).text for who in (LEAD, CARE_LEAD))
    assert "Politie Basisteam Noord" in ours
    assert "Politie Basisteam Noord" not in theirs.partition("Waarover")[0]


def test_every_table_has_its_words_its_definition_and_its_file(many: None, phone: Phones) -> None:
    lead = phone(LEAD)
    said = page(lead).text
    for words in ("Wachten per dienst", "Mediaan", "80 procent niet door de politie", "Wat veranderde sinds het kwartaal ervoor"):
        assert words in said, words
    for what in TABLES:
        assert table(lead, what)
    assert lead.http.get("/figures.csv?table=persons").status_code == 404


@pytest.mark.parametrize("query", ["", "&part=situation:crisis_assessment", "&part=partner:crisisdienst"])
def test_nothing_under_five_is_in_any_file(many: None, phone: Phones, query: str) -> None:
    lead = phone(LEAD)
    for what in ("card", "declined", "chain", "handover", "transport", "missing", "visit"):
        shown = numbers([row for row in table(lead, what, query) if row])
        assert all(number == 0 or number >= 5 for number in shown if number < 100), what


@pytest.mark.parametrize(
    ("query", "field"), [("?part=person:jan", "part"), ("?part=x%00", "part"), ("?quarter=1999Q1", "quarter"), ("?quarter=2026Q9", "quarter")]
)
def test_what_cannot_be_asked_is_said_at_its_field(many: None, phone: Phones, query: str, field: str) -> None:
    found = page(phone(LEAD), query, 422)
    assert f"error-{field}" in found.by_id
    assert "Dit klopt niet" in found.text


def test_situations_that_are_called_the_same_inside_and_outside_are_told_apart(many: None, phone: Phones) -> None:
    lines = [row[2] for row in table(phone(LEAD), "card")]
    assert len(lines) == len(set(lines))
    assert "Rustig houden, buiten een instelling" in lines


def test_what_happened_on_a_card_is_counted_once_the_job_ran(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    for _ in range(6):
        officer.open_card("crisisdienst")
    with app.app_context():
        summaries.catch_up()
    assert ["2026Q4", "Alle kaarten", "Crisisdienst: beoordeling", "6"] in table(phone(LEAD), "card")


def test_with_too_few_journeys_nobody_is_said_to_be_under_the_goal(app: Flask, phone: Phones) -> None:
    officer, lead = phone(OFFICER), phone(LEAD)
    for by in (*7 * ("ggz_transport",), "police"):
        officer.write(officer.open_card(), "transport.chosen", {"by": by, **({"reason": "haast"} if by == "police" else {})})
    with app.app_context():
        summaries.catch_up()
    said = page(lead).text
    assert "Niet door de politie: minstens 50 %" in said
    assert "Of de streefwaarde van 80 % gehaald is, is met zo weinig ritten niet te zeggen." in said
