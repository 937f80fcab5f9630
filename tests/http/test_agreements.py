"""Agreements without a worker: who hears that one counts somewhere, and what that tells them."""

from __future__ import annotations

import math
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.cast import OFFICER, OFFICER_SOUTH, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.test_push import subscribe, turn
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService

Phones = Callable[[str], Phone]
WIJKAGENT, SHELTER, SHELTER_LEAD = "wijkagent@noord.example", "begeleider@dehaven.example", "teamlead@dehaven.example"
PEOPLE = (WIJKAGENT, OTHER_OFFICER, OFFICER_SOUTH, SHELTER, SHELTER_LEAD, TRIAGIST)
HERE = "Havenkade 3, 3511 AB Utrecht"


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])


class Agreed:
    """The wijkagent and De Haven agreed on a place; somebody of either may hear of it, and so may people who have nothing to do with it."""

    def __init__(self, app: Flask, makers: PushService, phone: Phones, clock: Clock) -> None:
        self.app, self.makers, self.clock = app, makers, clock
        self.people = {account: phone(account) for account in (*PEOPLE, OFFICER)}
        self.wijkagent, self.shelter, self.officer = self.people[WIJKAGENT], self.people[SHELTER], self.people[OFFICER]
        for account, one in self.people.items():
            assert subscribe(one, makers, account).status_code == 204
        clock.later(seconds=1)
        self.card = new_id()
        about = {"place": HERE, "about": "De Schipper"}
        self.wijkagent.write(self.card, "card.opened", {"type": "agreement", "situation": "invest_in_relation", **about})
        self.version = self.wijkagent.write(self.card, "accord.set", {"text": "Bel ons eerst", "valid_until": "2027-05-24"})
        self.wijkagent.write(self.card, "card.shared", {"organisation": "dehaven"})
        self.shelter.write(self.card, "accord.agreed", {"accord": self.version["id"]})

    def opens(self, one: Phone, **opening: Any) -> str:
        card = new_id()
        one.write(card, "card.opened", {"situation": "crisis_assessment", "place": "3511ab 3", **opening})
        return card

    def told(self) -> set[str]:
        """Who was told that the agreement counts; nobody more than once."""
        turn(self.app)
        turn(self.app)
        kinds = {account: self.makers.kinds(account).count("accord_here") for account in self.people}
        assert set(kinds.values()) <= {0, 1}
        return {account for account, times in kinds.items() if times}


@pytest.fixture
def agreed(app: Flask, makers: PushService, phone: Phones, clock: Clock) -> Agreed:
    return Agreed(app, makers, phone, clock)


def test_who_agreed_and_the_other_side_hear_that_a_card_was_opened_there_and_only_of_the_agreement(agreed: Agreed) -> None:
    card = agreed.opens(agreed.officer)
    assert agreed.told() == {WIJKAGENT, SHELTER, SHELTER_LEAD}
    [told] = [one for one in agreed.makers.got(SHELTER) if one["kind"] == "accord_here"]
    assert (told["card"], set(told)) == (agreed.card, {"v", "card", "kind", "entry"})
    assert card not in str(agreed.makers.messages)
    assert agreed.shelter.http.get(f"/cards/{card}.json").status_code == 404


def test_also_for_the_person_by_alias_and_for_somebody_missing(agreed: Agreed) -> None:
    agreed.opens(agreed.shelter, place="Elders", about="de  schipper", type="missing")
    assert agreed.told() == {WIJKAGENT, OFFICER, OTHER_OFFICER}


def test_a_question_that_becomes_a_live_card_counts_as_opened(agreed: Agreed) -> None:
    card = agreed.opens(agreed.officer, type="consultation")
    assert agreed.told() == set()
    agreed.officer.write(card, "card.turned", {"into": "incident"})
    assert agreed.told() == {WIJKAGENT, SHELTER, SHELTER_LEAD}


@pytest.mark.parametrize(("metres", "shows"), [(74, True), (76, False)])
def test_where_somebody_tapped_the_location_the_agreement_shows_within_75_metres(agreed: Agreed, metres: int, shows: bool) -> None:
    form = {"context": "police_asks", "situation": "crisis_assessment"}
    card = new_id()
    tapped = {**form, "card": card, "type": "agreement", "place": "De kade", "lat": "52.09083", "lng": "5.12222"}
    assert agreed.wijkagent.http.post("/cards", data=tapped).status_code == 303
    agreed.wijkagent.write(card, "accord.set", {"text": "Achterom is het rustig", "valid_until": "2027-05-24"})
    lat = 52.09083 + metres / 6_371_000 * 180 / math.pi
    there = {**form, "card": new_id(), "place": "Bij het water", "lat": f"{lat:.7f}", "lng": "5.12222"}
    page = agreed.officer.http.post("/cards", data=there, follow_redirects=True).text
    assert ("Achterom is het rustig" in page) is shows


def test_an_agreement_is_for_a_year_at_most_also_from_another_client(agreed: Agreed) -> None:
    for day, code in (("2027-11-25", None), ("2027-11-26", "malformed")):
        entry = agreed.wijkagent.entry(agreed.card, "accord.set", {"text": "Bel ons eerst", "valid_until": day}, supersedes=[agreed.version["id"]])
        refused = agreed.wijkagent.sync([entry])["rejected"].get(entry["id"])
        assert (refused and (refused["code"], refused["field"])) == (code and (code, "body.valid_until"))


@pytest.mark.parametrize("opening", [{"place": "3511ab 3a"}, {"type": "plan"}, {"type": "visit"}, {"type": "agreement"}])
def test_nobody_hears_of_another_door_or_of_what_is_prepared(agreed: Agreed, opening: dict[str, str]) -> None:
    agreed.opens(agreed.officer, **opening)
    assert agreed.told() == set()


def test_nobody_hears_of_a_card_of_people_who_may_not_see_the_agreement(agreed: Agreed) -> None:
    agreed.opens(agreed.people[OFFICER_SOUTH])
    agreed.opens(agreed.people[TRIAGIST])
    assert agreed.told() == set()


def test_nobody_hears_of_an_agreement_that_was_withdrawn_or_has_ended(agreed: Agreed) -> None:
    agreed.wijkagent.write(agreed.card, "accord.withdrawn", {}, supersedes=[agreed.version["id"]])
    agreed.opens(agreed.officer)
    assert agreed.told() == set()


def test_a_card_that_comes_hours_late_from_a_phone_without_a_network_is_told_when_it_comes(agreed: Agreed) -> None:
    card = new_id()
    late = agreed.officer.entry(card, "card.opened", {"situation": "crisis_assessment", "place": HERE})
    agreed.clock.later(hours=5)
    assert agreed.officer.sync([late])["rejected"] == {}
    assert agreed.told() == {WIJKAGENT, SHELTER, SHELTER_LEAD}
