"""Before something medical or criminal is written for everybody the form asks why; before somebody is named where nobody should be, it says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from card.vocabulary import GROUNDS
from tests.cast import OFFICER, TRIAGIST, Phone
from tests.http.screens import Screen, assert_well_made

Phones = Callable[[str], Phone]
HTMX = {"HX-Request": "true"}


def form(phone: Phone, card: str, kind: str, more: str = "") -> Screen:
    return Screen(phone.http.get(f"/cards/{card}/entries/new?kind={kind}{more}").get_data(as_text=True))


def send(phone: Phone, card: str, sent: dict[str, list[str]], status: int) -> Screen:
    answer = phone.http.post(f"/cards/{card}/entries", data=sent)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Screen(answer.get_data(as_text=True))


def written(phone: Phone, card: str, kind: str) -> list[dict]:
    return [item for item in phone.card(card)["timeline"] if item["kind"] == kind]


@pytest.mark.parametrize(("said", "word"), [("hij krijgt haldol", "medisch"), ("heeft een strafblad", "strafbare feiten")])
def test_the_form_comes_back_with_the_question_and_all_that_was_typed(phone: Phones, said: str, word: str) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    first = form(officer, card, "observation.noted").form("observation.noted")
    assert "ground" not in first.names, "nobody is asked in vain"
    again = send(officer, card, first.filled(says=said, does="loopt rond"), 422)
    assert_well_made(again)
    assert word in again.by_id["error-ground"]
    back = again.form("observation.noted")
    assert (("says", said) in back.fields, ("does", "loopt rond") in back.fields) == (True, True)
    assert tuple(back.choices["ground"]) == GROUNDS
    assert f"/sharing?card={card}" in again.links
    assert written(officer, card, "observation.noted") == []
    send(officer, card, back.filled(ground="vital_interest"), 303)
    assert [item["body"]["ground"] for item in written(officer, card, "observation.noted")] == ["vital_interest"]
    page = Screen(phone(TRIAGIST).http.get(f"/cards/{card}").get_data(as_text=True))
    assert "Er is gevaar voor leven of gezondheid" in page.text, "the ground stands with the entry"


def test_a_narrower_audience_is_the_other_way_on(phone: Phones) -> None:
    triagist = phone(TRIAGIST)
    card = triagist.open_card("noord")
    sent = form(triagist, card, "observation.noted").form("observation.noted").filled(used="lithium")
    back = send(triagist, card, sent, 422).form("observation.noted")
    send(triagist, card, back.filled(audience="care"), 303)
    assert [(item["audience"], "ground" in item["body"]) for item in written(triagist, card, "observation.noted")] == [("care", False)]
    assert "lithium" not in phone(OFFICER).http.get(f"/cards/{card}").get_data(as_text=True)


def test_sync_takes_an_entry_without_a_ground(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    officer.write(card, "observation.noted", {"says": "hij krijgt haldol"})
    officer.write(card, "observation.noted", {"says": "hij krijgt haldol", "ground": "covenant"})


def test_an_alarm_is_never_held_up(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    send(officer, card, {"kind": ["alarm.raised"], "note": ["verdachte met strafblad slaat"]}, 303)


def test_opening_a_card_asks_too_and_keeps_what_was_typed(phone: Phones) -> None:
    officer = phone(OFFICER)
    new = Screen(officer.http.get("/cards/new?situation=crisis_assessment").get_data(as_text=True)).form()
    answer = officer.http.post("/cards", data=new.filled(place="Markt", about="schizofrene man"))
    again = Screen(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert_well_made(again)
    assert ("about", "schizofrene man") in again.form().fields
    assert officer.http.post("/cards", data=again.form().filled(ground="vital_interest")).status_code == 303


def test_a_correction_starts_for_whom_the_entry_was(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    secret = officer.write(card, "observation.noted", {"says": "iets"}, audience="police")
    again = form(officer, card, "entry.corrected", f"&entry={secret['id']}").form("entry.corrected")
    assert again.filled()["audience"] == ["police"]
    send(officer, card, again.filled(text="toch niet"), 303)
    assert [item["audience"] for item in written(officer, card, "entry.corrected")] == ["police"]


def test_agreeing_with_what_is_not_for_all_is_for_the_same_people(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card("crisisdienst")
    plan = officer.write(card, "plan.set", {"plan": "achterom"}, audience="police")
    send(phone("agent@noord.example"), card, {"kind": ["plan.agreed"], "plan": [plan["id"]]}, 303)
    assert [item["audience"] for item in written(officer, card, "plan.agreed")] == ["police"]
    assert "achterom" not in officer.http.get(f"/cards/{card}/bonnet").get_data(as_text=True), "those around the bonnet read along"


# naming nobody


def test_a_card_is_not_called_by_a_name_but_who_insists_goes_on(phone: Phones) -> None:
    officer = phone(OFFICER)
    new = Screen(officer.http.get("/cards/new?situation=crisis_assessment").get_data(as_text=True)).form()
    answer = officer.http.post("/cards", data=new.filled(place="Kerkstraat 12", about="Jan de Vries"))
    again = Screen(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert_well_made(again)
    assert "Dit lijkt op een naam: Jan de Vries" in again.text
    assert "Dit lijkt op een adres" not in again.text, "where it is may be said"
    assert "#field-about" in again.links
    assert officer.http.post("/cards", data={**again.form().filled(), "keep_names": ["1"]}).status_code == 303


def test_on_an_anonymous_card_every_text_is_watched_and_nothing_is_forbidden(phone: Phones) -> None:
    officer = phone(OFFICER)
    page = Screen(officer.http.get("/cards/new?situation=informal_consultation").get_data(as_text=True))
    assert ("anonymous", "true") in page.form().fields, "informal consultation starts anonymous"
    assert officer.http.post("/cards", data=page.form().filled(place="Kerkstraat 12")).status_code == 422
    answer = officer.http.post("/cards", data=page.form().filled(place="wijk Noord", about="medewerker bedreigd"))
    assert answer.status_code == 303
    card = answer.location.rsplit("/", 1)[1]
    assert "Anoniem overleg" in Screen(officer.http.get(f"/cards/{card}").get_data(as_text=True)).text
    sent = form(officer, card, "observation.noted").form("observation.noted").filled(says="bel 06-12345678")
    warned = send(officer, card, sent, 422)
    assert_well_made(warned)
    assert "Dit lijkt op een telefoonnummer: 06-12345678" in warned.text
    assert ("says", "bel 06-12345678") in warned.form("observation.noted").fields
    send(officer, card, {**sent, "keep_names": ["1"]}, 303)
    other = officer.open_card()
    send(officer, other, form(officer, other, "observation.noted").form("observation.noted").filled(says="bel 06-12345678"), 303)
