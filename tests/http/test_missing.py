"""Missing persons without a worker: the form, who decides the urgency, the report-back, and reminders by the minute."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from card.reminding import DEFAULT
from store import reminders
from tests.cast import OFFICER, TRIAGIST, Clock, Phone, new_id, server
from tests.http.test_push import minute, subscribe
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService

Phones = Callable[[str], Phone]
HOME, HOME_LEAD = "begeleider@dehaven.example", "teamlead@dehaven.example"
REPORT = {
    "about": "Meisje met rode jas", "age": "15", "since": "18:00", "last_seen": "Busstation", "clothes": "Rode jas", "risks": "vulnerable",
    "doing": "Wij bellen rond", "call_back": "088-000 30 01", "organisation": "noord",
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock, VAPID_PRIVATE=PRIVATE, VAPID_SUBJECT=SUBJECT, PUSH_NETWORKS=[ip_network(NETWORKS)])


def report(home: Phone, **told: str) -> str:
    card = new_id()
    answer = home.http.post("/missing", data={**REPORT, "card": card, **told})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cards/{card}")
    return card


def write(one: Phone, card: str, kind: str, **told: str) -> Any:
    return one.http.post(f"/cards/{card}/entries", data={"kind": kind, "id": new_id(), **told})


def folded(one: Phone, card: str) -> Any:
    return one.http.get(f"/cards/{card}.json").get_json()


def test_of_the_missing_persons_the_one_with_an_alarm_stands_first_and_the_list_says_so(phone: Phones) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    old, new = report(home), report(home)
    officer.write(new, "urgency.judged", {"urgency": "urgent"})
    home.write(old, "alarm.raised", {})
    for one in (home, officer):
        page = one.http.get("/missing").get_data(as_text=True)
        assert re.findall(r'class="card-link" href="/cards/([0-9a-f-]{36})"', page) == [old, new]
        assert f'data-rings="{old}">Alarm<' in page


def test_choosing_a_missing_person_leads_to_its_own_form(phone: Phones) -> None:
    answer = phone(HOME).http.get("/cards/new?context=care_outside&situation=missing_person")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/missing/new")


def test_a_report_is_a_card_of_its_own_type_with_the_police_on_it_and_a_second_tap_writes_nothing(phone: Phones) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    card = report(home)
    home.http.post("/missing", data={**REPORT, "card": card})
    found = folded(officer, card)
    assert (found["type"], found["place"], found["about"]) == ("missing", "Busstation", "Meisje met rode jas")
    assert [item["kind"] for item in found["timeline"]] == ["card.opened", "missing.reported", "card.shared"]
    assert "Meisje met rode jas" in officer.http.get("/missing").text


def test_what_is_wrong_with_a_report_is_said_and_what_was_typed_stays(phone: Phones) -> None:
    home = phone(HOME)
    wrong = ({"clothes": ""}, "De politie heeft dit nodig"), ({"organisation": "crisisdienst"}, "field-organisation"), ({"about": ""}, "field-about")
    for told, said in wrong:
        answer = home.http.post("/missing", data={**REPORT, "card": new_id(), **told})
        assert answer.status_code == 422
        assert said in answer.text
        assert "088-000 30 01" in answer.text
    assert "Meisje" not in home.http.get("/missing").text


def test_care_has_no_form_for_the_urgency_and_an_entry_of_it_is_refused(phone: Phones) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    card = report(home)
    assert home.http.get(f"/cards/{card}/entries/new?kind=urgency.judged").status_code == 404
    assert write(home, card, "urgency.judged", urgency="urgent").status_code == 404
    refused = home.sync([home.entry(card, "urgency.judged", {"urgency": "urgent"})])["rejected"]
    assert [one["code"] for one in refused.values()] == ["forbidden"]
    assert officer.http.get(f"/cards/{card}/entries/new?kind=urgency.judged").status_code == 200
    assert write(officer, card, "urgency.judged", urgency="urgent").status_code == 303
    assert folded(home, card)["urgency"]["level"] == "urgent"


@pytest.mark.parametrize("who", [HOME, OFFICER])
def test_reporting_back_closes_the_card_from_either_side(phone: Phones, who: str) -> None:
    home = phone(HOME)
    card = report(home)
    assert write(phone(who), card, "missing.back", when="23:40").status_code == 303
    found = folded(home, card)
    assert found["closed"]["outcome"] == "Terug gemeld"
    write(home, card, "missing.back", when="23:45")
    assert [item["kind"] for item in folded(home, card)["timeline"]].count("card.closed") == 1


def test_reporting_back_closes_over_nothing_that_is_open(phone: Phones) -> None:
    home = phone(HOME)
    card = report(home)
    home.write(card, "alarm.raised", {})
    assert write(home, card, "missing.back", when="23:40").status_code == 303
    assert folded(home, card)["closed"] is None
    assert "De kaart is nog open" in home.http.get(f"/cards/{card}").text


def test_both_sides_see_the_pattern_and_only_of_cards_that_they_may_see(phone: Phones) -> None:
    home, officer, elsewhere = phone(HOME), phone(OFFICER), phone("agent@zuid.example")
    first = report(home)
    write(officer, first, "missing.back", when="23:40", found_at="Bij de vijver")
    again = report(home, about="meisje met  rode jas", organisation="zuid")
    assert "Bij de vijver" in home.http.get(f"/cards/{again}").text
    seen = elsewhere.http.get(f"/cards/{again}").text
    assert "Bij de vijver" not in seen
    assert "Niet eerder op een kaart die u mag zien" in seen


def test_the_home_is_reminded_at_set_times_until_it_reports_back_and_never_twice(
    app: Flask, makers: PushService, phone: Phones, clock: Clock
) -> None:
    home, officer = phone(HOME), phone(OFFICER)
    for one, name in ((home, "home"), (officer, "officer")):
        assert subscribe(one, makers, name).status_code == 204
    clock.later(seconds=1)
    card = report(home)
    for _ in range(3 * 24):
        for _ in range(2):
            minute(app)
            app.extensions["push"].missing.rests.clear()  # as after a restart
        clock.later(minutes=20)
    sent = makers.kinds("home").count("report_back")
    assert 14 <= sent <= 16, "every hour by day, sixteen a day"
    assert "report_back" not in makers.kinds("officer")
    write(home, card, "missing.back", when="23:40")
    clock.later(minutes=60 * 24)
    minute(app)
    assert makers.kinds("home").count("report_back") == sent


def test_police_and_who_reported_hear_that_somebody_else_found_the_person(app: Flask, makers: PushService, phone: Phones, clock: Clock) -> None:
    home, officer, colleague, triagist = phone(HOME), phone(OFFICER), phone("agent2@noord.example"), phone(TRIAGIST)
    for one, name in ((home, "home"), (officer, "officer"), (colleague, "colleague"), (triagist, "triagist")):
        subscribe(one, makers, name)
    clock.later(seconds=1)
    card = report(home)
    home.write(card, "card.shared", {"organisation": "crisisdienst"})
    write(officer, card, "missing.found", where="Station")
    minute(app)
    heard = {name for name in ("home", "officer", "colleague", "triagist") if "person_found" in makers.kinds(name)}
    assert heard == {"home", "colleague"}
    assert "Een ander meldt: gevonden" in home.http.get("/").text


def test_leads_and_administrators_set_the_times_of_their_own_organisation(app: Flask, phone: Phones) -> None:
    lead, home = phone(HOME_LEAD), phone(HOME)
    assert home.http.get("/organisation/reminders").status_code == 404
    kept = lead.http.post("/organisation/reminders", data={"every": "90", "begins": "08:00", "ends": "22:00"})
    assert (kept.status_code, kept.headers["Location"]) == (303, "/organisation/reminders?kept=1")
    with app.app_context():
        assert reminders.rule_of("dehaven") == {"every": 90, "begins": "08:00", "ends": "22:00"}
        assert reminders.rule_of("noord") == DEFAULT
    for wrong in ({"every": "5"}, {"every": "x"}, {"begins": "25:00"}, {"ends": "06:00"}):
        answer = lead.http.post("/organisation/reminders", data={"every": "60", "begins": "07:00", "ends": "23:00", **wrong})
        assert answer.status_code == 422
        assert f'value="{next(iter(wrong.values()))}"' in answer.text


def test_each_of_both_notices_has_its_switch(phone: Phones) -> None:
    page = phone(HOME).http.get("/settings/notices").text
    assert "Is hij of zij terug?" in page
    assert "Gevonden of terug" in page
