"""Consultation: what one side asks the other without an incident, and by when it is answered (card/consultation.py)."""

from __future__ import annotations

from typing import Any

import pytest

from blueprints import consulted
from card.clock import instant_ms
from card.consultation import with_days
from card.fold import Card, fold
from tests.card.logs import CARD, entry_id


def card(*told: tuple[str, str, dict[str, Any]], at: str = "2026-11-25T12:00:00+01:00") -> Card:
    opening = ("noord", "card.opened", {"type": "consultation", "situation": "worry", "place": "Wijk Oost"})
    return fold([
        {
            "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{instant_ms(at) + number:013d}-0000-7f3a9c21", "by": org, "org": org,
            "device": "7f3a9c21", "audience": "all", "supersedes": [], "body": body,
        }
        for number, (org, kind, body) in enumerate((opening, *told))
    ])  # fmt: skip


ASKED = ("noord", "consultation.asked", {"to": "ggd", "text": "Willen jullie meekijken?"})
ANSWERED = ("ggd", "consultation.answered", {"asked": entry_id(1), "answer": "Wij gaan langs"})


def seen_by(org: str, one: Card, day: str = "2026-11-26") -> str:
    group: str = consulted.row({"viewer": {"org": org}, "now": instant_ms(f"{day}T12:00:00+01:00")}, one)["group"]
    return group


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-25T12:00:00+01:00", "2026-12-02"),
        ("2026-11-27T23:30:00+01:00", "2026-12-04"),
        ("2026-12-23T12:00:00+01:00", "2026-12-31"),  # Christmas and a weekend between
        ("2026-12-30T12:00:00+01:00", "2027-01-07"),  # and New Year
    ],
)
def test_an_answer_is_asked_within_five_working_days(at: str, due: str) -> None:
    assert card(ASKED, at=at)["consultations"][0]["due"] == due


@pytest.mark.parametrize(("days", "due"), [(1, "2026-11-26"), (3, "2026-11-30"), (0, "2026-12-02"), (61, "2026-12-02"), (2.5, "2026-12-02")])
def test_or_within_as_many_as_were_agreed_on_and_what_is_no_number_of_days_counts_for_nothing(days: float, due: str) -> None:
    org, kind, body = ASKED
    assert card((org, kind, {**body, "days": days}))["consultations"][0]["due"] == due


def test_what_the_asked_organisation_agreed_on_goes_into_the_question() -> None:
    assert with_days({"to": "ggd"}, {"ggd": {"answer_days": 3}}) == {"to": "ggd", "days": 3}
    for pages in ({}, {"ggd": {}}, {"ggd": {"answer_days": 0}}, {"ggd": {"answer_days": True}}, {"noord": {"answer_days": 3}}):
        assert with_days({"to": "ggd"}, pages) == {"to": "ggd"}


def test_or_by_the_day_that_whoever_asks_names() -> None:
    org, kind, body = ASKED
    assert card((org, kind, {**body, "by": "2026-11-26"}))["consultations"][0]["due"] == "2026-11-26"


def test_it_waits_for_whom_it_was_asked_of_and_is_late_to_both_after_its_day() -> None:
    one = card(ASKED)
    assert (seen_by("ggd", one), seen_by("noord", one)) == ("for_us", "by_us")
    assert (seen_by("ggd", one, "2026-12-02"), seen_by("ggd", one, "2026-12-03"), seen_by("noord", one, "2026-12-03")) == ("for_us", "late", "late")
    assert consulted.is_asked(one, "ggd")
    assert not consulted.is_asked(one, "noord")


def test_an_answer_ends_the_waiting_also_when_it_comes_late() -> None:
    one = card(ASKED, ANSWERED)
    assert seen_by("noord", one, "2027-01-01") == "answered"
    assert not consulted.is_asked(one, "ggd")


def test_whoever_is_asked_is_put_on_the_card_once() -> None:
    assert consulted.to_share(card(), "consultation.asked", ASKED[2]) == [{"organisation": "ggd"}]
    assert consulted.to_share(card(("noord", "card.shared", {"organisation": "ggd"})), "consultation.asked", ASKED[2]) == []
    assert consulted.to_share(card(), "observation.noted", {"says": "Iets"}) == []
