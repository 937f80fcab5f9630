"""Plans without a worker: who is asked when a plan does not begin in time."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id, server
from tests.http.inviting import seen
from tests.http.test_push import HTML, minute, subscribe
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService

Phones = Callable[[str], Phone]
PLAN = {"purpose": "Samen aan de deur", "day": "2026-11-24", "start": "20:30"}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])


class Prepared:
    """Police prepare a visit at half past eight with the crisis service, which agrees. It is seven now."""

    def __init__(self, app: Flask, makers: PushService, phone: Phones, clock: Clock) -> None:
        self.app, self.makers, self.clock = app, makers, clock
        self.officer, self.triagist, self.elsewhere = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
        for one, name in ((self.officer, "officer"), (self.triagist, "triagist"), (self.elsewhere, "elsewhere")):
            assert subscribe(one, makers, name).status_code == 204
        clock.later(seconds=1)
        self.card = new_id()
        self.officer.write(self.card, "card.opened", {"type": "plan", "situation": "keep_calm_outside", "place": "Kade 12"})
        self.version = self.officer.write(self.card, "action.prepared", PLAN)
        self.officer.write(self.card, "card.shared", {"organisation": "crisisdienst"})
        self.triagist.write(self.card, "action.agreed", {"version": self.version["id"], "tasks": []})

    def asked(self) -> dict[str, int]:
        """How often each was asked to begin, by servers that look every minute and are killed every time."""
        for _ in range(3):
            minute(self.app)
            self.app.extensions["push"].planned.rests.clear()
        return {name: self.makers.kinds(name).count("plan_late") for name in ("officer", "triagist", "elsewhere")}


def test_a_plan_begins_with_the_place_of_the_question_and_with_who_asked_it(phone: Phones) -> None:
    officer, triagist, elsewhere = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
    incident = officer.open_card("crisisdienst", "ggzvervoer")
    asked = triagist.write(incident, "safety.asked", {"where": "Havenkade 3"})
    officer.write(incident, "safety.answered", {"question": asked["id"], "answer": "not_alone"})
    way = f"/cards/new?type=plan&context=care_outside&situation=keep_calm_outside&from={incident}&asked={asked['id']}"
    assert way.replace("&", "&amp;") in triagist.http.get(f"/cards/{incident}").text
    form = seen(triagist.http.get(way)).forms[-1]
    assert (form.filled()["place"], form.filled()["with"]) == (["Havenkade 3"], ["ggzvervoer", "noord"])
    wrong = seen(triagist.http.post("/cards", data=form.filled(place="", **{"with": ["noord"]})), 422).forms[-1]
    assert wrong.filled()["with"] == ["noord"]
    made = triagist.http.post("/cards", data=wrong.filled(place="Havenkade 3 achterom"))
    plan = officer.card(made.headers["Location"].rpartition("/")[2])
    assert (plan["type"], plan["place"], plan["organisations"]) == ("plan", "Havenkade 3 achterom", ["crisisdienst", "noord"])
    # Who may not see the card gets an empty form, and shares nothing by naming it.
    assert "Havenkade" not in elsewhere.http.get(way).text
    made = elsewhere.http.post("/cards", data=form.filled(card=new_id()))
    assert elsewhere.card(made.headers["Location"].rpartition("/")[2])["organisations"] == ["zuid"]


@pytest.fixture
def plan(app: Flask, makers: PushService, phone: Phones, clock: Clock) -> Prepared:
    return Prepared(app, makers, phone, clock)


def test_both_sides_are_asked_once_when_a_plan_does_not_begin_in_time(plan: Prepared) -> None:
    assert plan.asked() == {"officer": 0, "triagist": 0, "elsewhere": 0}
    plan.clock.later(minutes=90)
    assert plan.asked() == {"officer": 1, "triagist": 1, "elsewhere": 0}
    [told] = [one for one in plan.makers.got("triagist") if one["kind"] == "plan_late"]
    assert told == {"v": 1, "card": plan.card, "kind": "plan_late", "entry": plan.version["id"]}
    plan.clock.later(minutes=90)
    assert plan.asked() == {"officer": 1, "triagist": 1, "elsewhere": 0}


def test_a_plan_that_was_moved_asks_at_its_new_time(plan: Prepared) -> None:
    plan.officer.write(plan.card, "action.prepared", {**PLAN, "start": "21:15"}, supersedes=[plan.version["id"]])
    plan.clock.later(minutes=100)
    assert plan.asked() == {"officer": 0, "triagist": 0, "elsewhere": 0}
    plan.clock.later(minutes=35)
    assert plan.asked() == {"officer": 1, "triagist": 1, "elsewhere": 0}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("card.turned", {"into": "incident"}),
        ("action.called_off", {"reason": "Niet meer nodig"}),
        ("card.closed", {"outcome": "Gedaan"}),
    ],
)
def test_nobody_is_asked_to_begin_what_began_or_was_called_off(plan: Prepared, kind: str, body: dict[str, str]) -> None:
    plan.triagist.write(plan.card, kind, body, supersedes=[plan.version["id"]] if kind == "action.called_off" else [])
    plan.clock.later(minutes=100)
    assert plan.asked() == {"officer": 0, "triagist": 0, "elsewhere": 0}


def test_who_has_this_notice_switched_off_is_not_asked(plan: Prepared) -> None:
    form = seen(plan.officer.http.get("/settings/notices", headers=HTML)).forms[-1]
    kinds = [kind for kind in form.choices["wanted"] if kind != "plan_late"]
    assert plan.officer.http.post("/settings/notices", data=form.filled(wanted=kinds, begins="", ends="")).status_code == 303
    plan.clock.later(minutes=100)
    assert plan.asked() == {"officer": 0, "triagist": 1, "elsewhere": 0}
