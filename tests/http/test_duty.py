"""Access by need: in an organisation with a rota a card is for who is on duty, and for who opened it, wrote on it or joined it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from store import duty
from store.administration import By
from tests.cast import DOCTOR, OFFICER, TRIAGIST, Clock, Phone, new_id
from tests.http.screens import Screen, assert_well_made
from tests.http.test_live import Ear

Phones = Callable[[str], Phone]
ADMIN = "admin@crisisdienst.example"
HTML = {"Accept": "text/html"}


@pytest.fixture
def rota(app: Flask) -> None:
    with app.app_context():
        duty.set_rule(By("crisisdienst", 0), "rota")


def begins(phone: Phone, until: str = "23:00", status: int = 303) -> Screen:
    answer = phone.http.post("/duty", data={"until": until}, headers=HTML)
    assert answer.status_code == status
    return Screen(answer.get_data(as_text=True))


def sees_it(phone: Phone, card: str) -> tuple[bool, bool, bool]:
    """Whether the card comes by sync, as JSON and as a page."""
    return bool(phone.sees(card)), phone.http.get(f"/cards/{card}.json").status_code == 200, phone.http.get(f"/cards/{card}").status_code == 200


def test_without_a_rota_everybody_of_the_organisation_sees_its_cards(phone: Phones) -> None:
    card = phone(OFFICER).open_card("crisisdienst")
    assert sees_it(phone(TRIAGIST), card) == (True, True, True)


def test_with_a_rota_only_who_is_on_duty_does(phone: Phones, rota: None) -> None:
    card = phone(OFFICER).open_card("crisisdienst")
    triagist, doctor = phone(TRIAGIST), phone(DOCTOR)
    assert sees_it(triagist, card) == (False, False, False)
    begins(triagist)
    assert sees_it(triagist, card) == (True, True, True)
    assert sees_it(doctor, card) == (False, False, False)


def test_who_is_on_duty_finds_the_end_that_they_said_in_the_form(phone: Phones, rota: None) -> None:
    """A tap on "Verander" changes nothing by itself."""
    triagist = phone(TRIAGIST)
    begins(triagist, "23:10")
    page = Screen(triagist.http.get("/").get_data(as_text=True))
    assert ("until", "23:10") in next(form for form in page.forms if form.action == "/duty").fields


def test_a_stream_brings_nothing_to_who_is_off_duty_and_ends_when_duty_begins(phone: Phones, rota: None) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    ear = Ear(triagist)
    card = officer.open_card("crisisdienst")
    assert ear.is_silent()
    begins(triagist)
    assert ear.ended()
    again = Ear(triagist)
    entry = officer.write(card, "picture.set", {"problem": "Man op het kruispunt"})
    assert [heard["id"] for heard in again.next()["entries"]] == [entry["id"]]


def test_a_stream_ends_with_the_duty_also_when_nobody_says_so(phone: Phones, clock: Clock, rota: None) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    begins(triagist, "21:00")
    ear = Ear(triagist)
    clock.later(hours=2, minutes=1)
    officer.open_card("crisisdienst")
    assert ear.ended()


def test_after_the_duty_the_card_is_gone_from_the_phone(phone: Phones, clock: Clock, rota: None) -> None:
    card, triagist = phone(OFFICER).open_card("crisisdienst"), phone(TRIAGIST)
    begins(triagist, "21:00")
    have = triagist.sync()["upto"]
    assert card in have
    clock.later(hours=2, minutes=1)
    told = triagist.sync(have=have)
    assert told["gone"] == [card]
    assert told["duty"]["rule"] == "rota"
    assert triagist.sync(have={card: 0})["ended"] == {card: {"why": "off_duty"}}, "for a phone that holds it from an older history"
    begins(triagist, "23:30")
    assert triagist.http.post("/duty/end").status_code == 303
    assert triagist.sync(have=have)["gone"] == [card]


def test_who_wrote_on_a_card_keeps_it_after_their_duty_as_long_as_their_organisation_is_on_it(phone: Phones, clock: Clock, rota: None) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    begins(triagist, "21:00")
    triagist.write(card, "observation.noted", {"does": "zit op de stoep"})
    clock.later(hours=2, minutes=1)
    assert sees_it(triagist, card) == (True, True, True)
    officer.write(card, "card.unshared", {"organisation": "crisisdienst"})
    assert sees_it(triagist, card) == (False, False, False)


def test_who_opened_it_or_joined_it_by_code_needs_no_duty(phone: Phones, rota: None) -> None:
    officer, triagist, doctor = phone(OFFICER), phone(TRIAGIST), phone(DOCTOR)
    assert sees_it(triagist, triagist.open_card()) == (True, True, True)
    card = officer.open_card()
    code = officer.http.post(f"/cards/{card}/code").get_json()["code"]
    doctor.http.post("/join", json={"code": code})
    assert sees_it(doctor, card) == (True, True, True)


def test_what_was_written_on_duty_is_taken_after_it(phone: Phones, clock: Clock, rota: None) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    begins(triagist, "21:00")
    late = triagist.entry(card, "observation.noted", {"does": "liep weg"})
    clock.later(hours=3)
    assert triagist.sync([late])["rejected"] == {}
    assert late["id"] in officer.sees(card)


def test_who_is_off_duty_comes_on_no_card_by_opening_it_again(phone: Phones, rota: None) -> None:
    """The form carries the id of the card that it opens. One that is there already gets nothing: not an opening, and nobody who has arrived."""
    officer, doctor = phone(OFFICER), phone(DOCTOR)
    card = officer.open_card("crisisdienst")
    before = officer.sees(card)
    answer = doctor.http.post("/cards", data={"card": card, "situation": "crisis_assessment", "place": "Elders"}, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cards/{card}")
    assert officer.sees(card) == before
    assert sees_it(doctor, card) == (False, False, False)


@pytest.mark.parametrize(("said", "word"), [("straks", "kloktijd"), ("18:30", "al voorbij"), ("", "kloktijd")])
def test_a_time_that_is_none_or_has_passed_is_said_at_the_field(phone: Phones, rota: None, said: str, word: str) -> None:
    page = begins(phone(TRIAGIST), said, 422)
    assert_well_made(page)
    assert word in page.by_id["error-until"]
    assert ("until", said) in next(form for form in page.forms if form.action == "/duty").fields


def test_the_screens_say_whether_one_is_on_duty_and_propose_half_a_day(phone: Phones, rota: None) -> None:
    triagist = phone(TRIAGIST)
    for path in ("/", "/settings", "/duty"):
        page = Screen(triagist.http.get(path).get_data(as_text=True))
        assert_well_made(page)
        assert "U hebt geen dienst" in page.text
        assert ("until", "07:00") in next(form for form in page.forms if form.action == "/duty").fields
    begins(triagist)
    assert "U hebt dienst tot 23:00" in Screen(triagist.http.get("/").get_data(as_text=True)).text
    assert "/duty" not in [form.action for form in Screen(phone(OFFICER).http.get("/").get_data(as_text=True)).forms]


def test_an_administrator_chooses_and_it_counts_at_once(phone: Phones) -> None:
    officer, triagist, admin = phone(OFFICER), phone(TRIAGIST), phone(ADMIN)
    card = officer.open_card("crisisdienst")
    ear = Ear(triagist)
    page = Screen(admin.http.get("/organisation/duty").get_data(as_text=True))
    assert_well_made(page)
    assert admin.http.post("/organisation/duty", data=page.form().filled(rule="rota")).status_code == 303
    assert ear.ended()
    assert sees_it(triagist, card) == (False, False, False)
    assert admin.http.post("/organisation/duty", data={"rule": "nobody"}).status_code == 422
    assert triagist.http.get("/organisation/duty").status_code == 404


# taking somebody off by name


def test_who_joined_by_code_is_taken_off_at_once_and_may_join_again(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    triagist.http.post("/join", json={"code": officer.http.post(f"/cards/{card}/code").get_json()["code"]})
    triagist.write(card, "observation.noted", {"does": "praat"})
    have, ear = triagist.sync()["upto"], Ear(triagist)
    people = Screen(officer.http.get(f"/cards/{card}/people").get_data(as_text=True))
    link = next(link for link in people.links if "kind=card.removed" in link)
    form = Screen(officer.http.get(link).get_data(as_text=True))
    assert_well_made(form)
    assert "Triagist" in form.text
    assert officer.http.post(f"/cards/{card}/entries", data=form.form("card.removed").filled()).status_code == 303
    said = ear.next()
    assert (said["gone"], said["entries"]) == ([card], [])
    assert triagist.sync(have=have)["gone"] == [card]
    assert sees_it(triagist, card) == (False, False, False)
    refused = triagist.entry(card, "observation.noted", {"does": "nog iets"})
    assert triagist.sync([refused])["rejected"][refused["id"]]["code"] == "forbidden"
    assert triagist.http.post("/join", json={"code": officer.http.post(f"/cards/{card}/code").get_json()["code"]}).status_code == 200
    assert sees_it(triagist, card) == (True, True, True)


def test_who_opened_the_card_cannot_be_taken_off(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card("crisisdienst")
    triagist.write(card, "card.removed", {"person": officer.me["person"]})
    assert sees_it(officer, card) == (True, True, True)


def test_taken_off_and_writing_in_one_call_is_judged_in_its_order(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    triagist.http.post("/join", json={"code": officer.http.post(f"/cards/{card}/code").get_json()["code"]})
    before, off, after = (
        triagist.entry(card, "observation.noted", {"does": "praat"}),
        triagist.entry(card, "card.removed", {"person": triagist.me["person"]}),
        triagist.entry(card, "observation.noted", {"does": "praat weer"}),
    )
    assert set(triagist.sync([before, off, after])["rejected"]) == {after["id"]}


# leads

LEAD = "teamlead@crisisdienst.example"


def test_a_lead_off_duty_looks_back_on_what_is_closed_and_at_what_is_open_only_with_a_reason(phone: Phones, clock: Clock, rota: None) -> None:
    officer, triagist, lead = phone(OFFICER), phone(TRIAGIST), phone(LEAD)
    card = officer.open_card("crisisdienst")
    officer.write(card, "observation.noted", {"says": "ik ga niet mee"})
    secret = officer.write(card, "observation.noted", {"says": "een geheim woord"}, audience="police")
    assert sees_it(lead, card) == (False, False, False)
    listed = Screen(lead.http.get("/review?open=1").get_data(as_text=True))
    assert_well_made(listed)
    assert f"/review/{card}" in listed.links
    assert "Kruispunt" not in listed.text, "before the reason the list says no place"
    asked = Screen(lead.http.get(f"/review/{card}").get_data(as_text=True))
    assert "ik ga niet mee" not in asked.text
    again = lead.http.post(f"/review/{card}", data={"reason": " "})
    assert again.status_code == 422
    assert lead.http.post(f"/review/{card}", data=asked.form().filled(reason="klacht van de familie")).status_code == 303
    page = Screen(lead.http.get(f"/review/{card}").get_data(as_text=True))
    assert_well_made(page)
    assert "ik ga niet mee" in page.text
    assert secret["body"]["says"] not in page.text
    assert sees_it(lead, card) == (False, False, False), "looking puts nothing on a phone"
    looked = [item for item in officer.card(card)["timeline"] if item["kind"] == "card.looked"]
    assert [(item["by"], item["body"]["reason"]) for item in looked] == [(lead.me["person"], "klacht van de familie")]
    assert "klacht van de familie" in Screen(officer.http.get(f"/cards/{card}/people").get_data(as_text=True)).text
    clock.later(hours=12, minutes=1)
    assert "ik ga niet mee" not in lead.http.get(f"/review/{card}").get_data(as_text=True)
    officer.write(card, "card.closed", {"outcome": "naar huis"})
    assert "ik ga niet mee" in lead.http.get(f"/review/{card}").get_data(as_text=True)
    assert triagist.http.get("/review").status_code == 404


def test_looking_back_is_for_leads_of_a_team_on_the_card_alone(phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    for account in (LEAD, "teamlead@zuid.example", TRIAGIST, OFFICER):
        assert phone(account).http.get(f"/review/{card}").status_code == 404, account
        assert phone(account).http.post(f"/review/{card}", data={"reason": "x"}).status_code == 404, account
    assert phone("teamlead@noord.example").http.get(f"/review/{new_id()}").status_code == 404


def test_a_lead_where_everybody_is_on_duty_reads_the_cards_as_before(phone: Phones) -> None:
    card, lead = phone(OFFICER).open_card(), phone("teamlead@noord.example")
    assert sees_it(lead, card) == (True, True, True)
    assert f"/cards/{card}" in Screen(lead.http.get("/review?open=1").get_data(as_text=True)).links


def test_only_the_server_says_that_a_lead_looked(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    forged = officer.entry(card, "card.looked", {"person": officer.me["person"], "reason": "x"})
    assert officer.sync([forged])["rejected"][forged["id"]]["code"] == "forbidden"
