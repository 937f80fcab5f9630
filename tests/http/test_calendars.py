"""The calendar feed: by a secret address that its person makes and ends, with nothing in it that anybody wrote on a card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from icalendar import Calendar

from store import duty
from store.administration import By
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, new_id
from tests.http.outside import ADMIN, make_address
from tests.http.privacy import told
from tests.http.test_visits import CARE, WIJKAGENT, contact, send, visit

Phones = Callable[[str], Phone]


def read(app: Flask, path: str) -> list[tuple[str, object]]:
    """Title and begin of each event, as a library reads them, by day."""
    answer = app.test_client(use_cookies=False).get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events)
    return sorted(((str(event["summary"]), event["dtstart"].dt) for event in events), key=lambda one: (str(one[1]), one[0]))


def test_my_visits_and_follow_ups_are_in_my_calendar_and_those_of_a_colleague_are_not(app: Flask, phone: Phones) -> None:
    officer, colleague = phone(WIJKAGENT), phone(OTHER_OFFICER)
    mine, theirs = make_address(officer), make_address(colleague)
    visit(officer, words="Mevrouw Jansen", next="2026-12-08", follow_what="Jansen bellen", follow_on="2026-11-25")
    assert read(app, mine) == [("Opvolgen: Opvang De Haven", date(2026, 11, 25)), ("Bezoek: Opvang De Haven", date(2026, 12, 8))]
    assert read(app, theirs) == []
    contact(officer)
    assert ("Contact: uiterlijk bezoeken: Opvang De Haven", date(2026, 12, 8)) in read(app, mine)


def test_nothing_that_anybody_wrote_leaves_by_the_calendar(app: Flask, phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card = visit(officer, whom="other", place="Bij Piet Jansen thuis", follow_what="Jansen bellen", follow_on="2026-11-25", words="Piet is boos")
    address = make_address(officer)
    assert read(app, address) == [("Opvolgen", date(2026, 11, 25))]
    text = app.test_client().get(address).get_data(as_text=True).replace("\r\n ", "")
    assert "Jansen" not in text
    assert "Piet" not in text
    assert f"http://localhost/cards/{card}" in text


def test_a_follow_up_that_is_done_is_out_of_the_calendar(app: Flask, phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card, address = visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25"), make_address(officer)
    [one] = officer.card(card)["visit"]["follow_ups"]
    assert len(read(app, address)) == 1
    send(officer, f"/cards/{card}/follow-up", {"follow_up": one["item"]["id"]})
    assert read(app, address) == []


def test_a_joint_action_is_at_its_hour_for_both_sides(app: Flask, phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = new_id()
    opening = officer.entry(card, "card.opened", {"situation": "crisis_assessment", "place": "Dorpsstraat 1", "type": "plan"})
    shared = officer.entry(card, "card.shared", {"organisation": "crisisdienst"})
    prepared = officer.entry(card, "action.prepared", {"purpose": "Ontruiming", "day": "2026-12-01", "start": "14:30"})
    assert officer.sync([opening, shared, prepared])["rejected"] == {}
    for one in (officer, triagist):
        [(title, begins)] = read(app, make_address(one))
        assert title == "Gezamenlijke actie"
        assert begins == datetime.fromisoformat("2026-12-01T13:30:00Z")


def test_care_sees_the_visit_that_is_planned_with_it(app: Flask, phone: Phones) -> None:
    care, officer = phone(CARE), phone(WIJKAGENT)
    card = new_id()
    send(care, "/visits/ask", {"card": card, "organisation": "noord", "what": "Kennismaken"})
    officer.write(card, "visit.planned", {"on": "2026-12-03"})
    assert read(app, make_address(care)) == [("Bezoek: Opvang De Haven", date(2026, 12, 3))]


def test_a_new_address_ends_the_old_one_and_withdrawing_ends_it_for_good(app: Flask, phone: Phones) -> None:
    officer, http = phone(OFFICER), app.test_client()
    first = make_address(officer)
    second = make_address(officer)
    assert (http.get(first).status_code, http.get(second).status_code) == (404, 200)
    assert second not in officer.http.get("/settings/calendar").get_data(as_text=True), "it is shown once"
    assert officer.http.post("/settings/calendar/withdraw").status_code == 303
    assert http.get(second).status_code == 404
    assert "nog geen adres" in officer.http.get("/settings/calendar").get_data(as_text=True)


def test_an_account_that_is_switched_off_has_no_calendar(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    address = make_address(officer)
    assert phone(ADMIN).http.post(f"/people/{officer.me['person']}/deactivate").status_code == 303
    assert app.test_client().get(address).status_code == 404


def test_who_is_off_duty_sees_in_the_calendar_what_they_see_in_motorkap(app: Flask, phone: Phones, clock: Clock) -> None:
    care, officer = phone(CARE), phone(WIJKAGENT)
    other = phone("teamlead@dehaven.example")
    card = new_id()
    send(care, "/visits/ask", {"card": card, "organisation": "noord", "what": "Kennismaken"})
    officer.write(card, "visit.planned", {"on": "2026-12-03"})
    address = make_address(other)
    assert len(read(app, address)) == 1
    with app.app_context():
        duty.set_rule(By("dehaven", 0), "rota")
    assert read(app, address) == []


@pytest.mark.sqlite
def test_the_database_does_not_hold_the_secret_and_its_use_shows(app: Flask, phone: Phones, tmp_path: Path) -> None:
    officer = phone(OFFICER)
    address = make_address(officer)
    assert "Nog niet opgehaald." in officer.http.get("/settings/calendar").get_data(as_text=True)
    app.test_client().get(address)
    assert "Laatst opgehaald op" in officer.http.get("/settings/calendar").get_data(as_text=True)
    secret = address.split("/")[-1].removesuffix(".ics").encode()
    for file in tmp_path.glob("*.sqlite*"):
        assert secret not in file.read_bytes(), file


def test_each_card_of_which_the_calendar_tells_is_in_the_access_log(app: Flask, phone: Phones) -> None:
    officer = phone(WIJKAGENT)
    card, address = visit(officer, follow_what="Nummer sturen", follow_on="2026-11-25"), make_address(officer)
    visit(officer)
    before = len(told(app))
    app.test_client().get(address)
    [line] = told(app)[before:]
    assert (line["card"], line["person"], line["action"], line["detail"]) == (card, officer.me["person"], "list", "calendar")
    assert line["device"].startswith("feed ")


def test_who_guesses_addresses_is_stopped_and_a_calendar_that_asks_all_the_time_too(app: Flask, phone: Phones) -> None:
    address = make_address(phone(OFFICER))
    often = [app.test_client().get(address).status_code for _ in range(121)]
    assert often == [200] * 120 + [429]
    guesses = [app.test_client().get(f"/calendar/{turn}.ics").status_code for turn in range(31)]
    assert guesses == [404] * 30 + [429]
    other = make_address(phone(OTHER_OFFICER))
    assert app.test_client().get(other).status_code == 200, "who guesses shuts nobody out"
