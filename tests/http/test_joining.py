"""A code puts somebody on a card: six characters, a quarter of an hour, once a person."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from store import codes
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id

Phones = Callable[[str], Phone]


def code_for(phone: Phone, card: str) -> str:
    made = phone.http.post(f"/cards/{card}/code").get_json()["code"]
    assert len(made) == 6
    return str(made)


def test_who_types_the_code_is_on_the_card(phone: Phones) -> None:
    officer, triagist, doctor = phone(OFFICER), phone(TRIAGIST), phone(DOCTOR)
    card = officer.open_card()
    assert triagist.http.post("/join", data={"code": code_for(officer, card).lower()}).get_json() == {"card": card}
    kinds = [entry["kind"] for entry in triagist.sync()["entries"]]
    assert kinds == ["card.opened", "card.joined"]
    assert triagist.me["person"] in officer.card(card)["joined"]
    assert doctor.sync()["entries"] == [], "a person joins, not the organisation"


def test_a_code_works_fifteen_minutes(phone: Phones, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    code = code_for(officer, officer.open_card())
    clock.later(minutes=15, seconds=1)
    assert triagist.http.post("/join", data={"code": code}).status_code == 422


def test_a_code_works_once_a_person_and_for_several_persons(phone: Phones) -> None:
    officer, triagist, south = phone(OFFICER), phone(TRIAGIST), phone(OFFICER_SOUTH)
    code = code_for(officer, officer.open_card())
    assert triagist.http.post("/join", json={"code": code}).status_code == 200
    assert phone(TRIAGIST).http.post("/join", json={"code": code}).status_code == 422, "another device of theirs"
    assert south.http.post("/join", json={"code": code}).status_code == 200


def test_a_device_that_did_not_hear_the_answer_hears_the_same_when_it_asks_again(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    code = code_for(officer, card)
    answers = [triagist.http.post("/join", json={"code": code}) for _ in range(3)]
    assert [(answer.status_code, answer.get_json()) for answer in answers] == [(200, {"card": card})] * 3
    assert [entry["kind"] for entry in triagist.sync()["entries"]] == ["card.opened", "card.joined"]


def test_guessing_ends_after_twenty_wrong_codes(phone: Phones) -> None:
    triagist = phone(TRIAGIST)
    statuses = [triagist.http.post("/join", json={"code": f"AAAA{turn:02d}"}).status_code for turn in range(22)]
    assert statuses == [422] * 20 + [429] * 2


def test_a_wrong_code_is_said_at_the_field_and_stays_there(phone: Phones) -> None:
    answer = phone(TRIAGIST).http.post("/join", data={"code": "QQQQQQ"}, headers={"Accept": "text/html"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="QQQQQQ"' in page
    assert "error-code" in page


def test_who_asks_for_facts_is_refused_in_facts(phone: Phones) -> None:
    answer = phone(TRIAGIST).http.post(f"/cards/{new_id()}/code")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_a_code_for_a_foreign_card_is_not_to_be_had(phone: Phones, app: Flask) -> None:
    card = phone(OFFICER).open_card()
    assert phone(TRIAGIST).http.post(f"/cards/{card}/code").status_code == 404
    assert app.test_client().post(f"/cards/{card}/code").status_code in (302, 303, 401)


def test_a_second_tap_leads_to_the_card_and_puts_nobody_on_it_twice(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    code = code_for(officer, card)
    for _ in range(2):
        answer = triagist.http.post("/join", data={"code": code}, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/cards/{card}")
    assert [entry["kind"] for entry in triagist.sync()["entries"]] == ["card.opened", "card.joined"]


def test_a_code_whose_use_led_to_nothing_can_be_used_again(phone: Phones, app: Flask, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    code = code_for(officer, officer.open_card())
    with app.app_context():
        assert codes.use_code(code, triagist.me["person"], clock()), "and then the server was killed"
    assert triagist.http.post("/join", json={"code": code}).status_code == 200


def test_who_was_taken_off_needs_another_code(phone: Phones, clock: Clock) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    code = code_for(officer, card)
    assert triagist.http.post("/join", json={"code": code}).status_code == 200
    clock.later(minutes=10)
    officer.write(card, "card.removed", {"person": triagist.me["person"]})
    assert triagist.http.post("/join", json={"code": code}).status_code == 422
    assert triagist.http.get(f"/cards/{card}.json").status_code == 404
    assert triagist.http.post("/join", json={"code": code_for(officer, card)}).status_code == 200
