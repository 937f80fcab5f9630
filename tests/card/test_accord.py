"""Accord: what was agreed about a person or a place, until when, and where it shows (card/accord.py)."""

from __future__ import annotations

from typing import Any

import pytest

from card.accord import holds, that_fit
from card.clock import instant_ms
from card.entry import Entry
from card.fold import Card, fold
from card.form import read_form
from tests.card.logs import CARD, entry_id

NOON = instant_ms("2026-11-25T12:00:00+01:00")
DAY = 24 * 3600 * 1000


class Agreed:
    def __init__(self, **opening: Any) -> None:
        self.log: list[Entry] = []
        self("card.opened", {"type": "agreement", "situation": "invest_in_relation", "place": "Opvang De Haven", **opening})

    def __call__(self, kind: str, body: dict[str, Any], *supersedes: str) -> str:
        number = len(self.log)
        self.log.append({
            "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{NOON + number:013d}-0000-7f3a9c21", "by": "jan", "org": "noord",
            "device": "7f3a9c21", "audience": "all", "supersedes": list(supersedes), "body": body,
        })  # fmt: skip
        return entry_id(number)

    def set(self, *supersedes: str, until: str = "2027-05-25") -> str:
        return self("accord.set", {"text": "Bel ons voor medicatie", "valid_until": until}, *supersedes)

    @property
    def card(self) -> Card:
        return fold(self.log)


def incident(**opening: Any) -> Card:
    body = {"situation": "crisis_assessment", "place": "Kruispunt", **opening}
    return {**fold([{**Agreed().log[0], "body": body}]), "id": "019a0000-0000-7000-8000-00000000beef"}


@pytest.mark.parametrize(
    ("agreed", "opened", "fits"),
    [
        ({"place": "Dorpsstraat 12, 3511 AB Utrecht"}, {"place": "3511ab 12"}, True),
        ({"place": "Dorpsstraat 12, 3511 AB Utrecht"}, {"place": "3511ab 12a"}, False),
        ({"place": "Haven", "lat": 52.09, "lng": 5.12}, {"place": "Bij het park", "lat": 52.0906, "lng": 5.12}, True),
        ({"place": "Haven", "lat": 52.09, "lng": 5.12}, {"place": "Bij het park", "lat": 52.0908, "lng": 5.12}, False),
        ({"about": "De Schipper"}, {"about": "de  schipper"}, True),
        ({"about": "De Schipper"}, {"about": "De Schippersvrouw"}, False),
        ({}, {}, False),
        ({"about": ""}, {"about": ""}, False),
    ],
)
def test_an_agreement_shows_at_its_place_or_for_its_alias(agreed: dict[str, Any], opened: dict[str, Any], fits: bool) -> None:
    one = Agreed(**agreed)
    one.set()
    assert bool(that_fit(incident(**opened), [one.card], NOON)) == fits


def test_it_holds_until_its_last_day_has_passed_here() -> None:
    one = Agreed()
    one.set(until="2026-11-26")
    assert holds(one.card, NOON)
    assert holds(one.card, NOON + DAY)
    assert not holds(one.card, NOON + DAY + DAY // 2), "half past midnight"
    assert that_fit(incident(place="Opvang De Haven"), [one.card], NOON + 2 * DAY) == []


def test_withdrawn_is_withdrawn_also_for_who_renewed_it_without_having_seen_that() -> None:
    one = Agreed()
    first = one.set()
    one("accord.withdrawn", {}, first)
    one.set(first, until="2027-06-01")
    assert not holds(one.card, NOON)
    assert one.card["accord"]["versions"] == []


def test_who_has_seen_the_withdrawal_can_agree_anew() -> None:
    one = Agreed()
    gone = one("accord.withdrawn", {"reason": "Hij wil het niet meer"}, one.set())
    one.set(gone)
    assert holds(one.card, NOON)


@pytest.mark.parametrize(
    ("day", "error"),
    [("2026-11-25", None), ("2027-11-25", None), ("2026-11-24", "day_past"), ("2027-11-27", "day_far"), ("straks", "no_day"), ("", "required")],
)
def test_a_form_takes_a_day_within_a_year(day: str, error: str | None) -> None:
    _, errors = read_form("accord.set", {"text": ["Bel eerst"], "valid_until": [day]}, NOON)
    assert errors.get("valid_until") == error


def test_who_it_is_about_can_give_it_only_with_consent() -> None:
    told = {"text": ["Praat rustig"], "valid_until": ["2027-01-01"], "given_by": ["person"]}
    assert read_form("accord.set", told, NOON)[1] == {"consent": "required"}
    assert read_form("accord.set", {**told, "consent": ["true"]}, NOON)[1] == {}
