"""Teams: a lead looks back on the cards of the people of their own team, and who leads no team on those of the whole organisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from store import duty
from store.database import writing
from store.models import Person
from tests.cast import DOCTOR, OFFICER, TRIAGIST, Clock, Phone
from tests.http.inviting import seen
from tests.http.test_duty import LEAD, begins, rota  # noqa: F401

Phones = Callable[[str], Phone]
ADMIN = "admin@crisisdienst.example"
OTHER_LEAD = "privacy@crisisdienst.example"


@pytest.fixture
def teams(app: Flask) -> None:
    """The crisis service has a day team (the triagist) and a night team (the doctor), each with a lead."""
    of_team = {TRIAGIST: ("dag", "member"), LEAD: ("dag", "lead"), DOCTOR: ("nacht", "member"), OTHER_LEAD: ("nacht", "lead")}
    with app.app_context(), writing() as connection:
        for email, (team, role) in of_team.items():
            connection.execute(Person.__table__.update().where(Person.email == email).values(team=team, role=role))


def joins(officer: Phone, card: str, who: Phone) -> None:
    code = officer.http.post(f"/cards/{card}/code").get_json()["code"]
    assert who.http.post("/join", json={"code": code}).status_code == 200


def reviews(lead: Phone, card: str) -> tuple[bool, bool]:
    """Whether one of the lists has the card, and whether its page is there for this lead; they must agree."""
    listed = any(card in link for path in ("/review", "/review?open=1") for link in seen(lead.http.get(path)).links)
    return listed, lead.http.get(f"/review/{card}").status_code != 404


YES, NO = (True, True), (False, False)


def test_each_lead_has_the_cards_that_their_own_people_opened(phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    by_day, by_night = phone(TRIAGIST).open_card(), phone(DOCTOR).open_card()
    day, night = phone(LEAD), phone(OTHER_LEAD)
    assert (reviews(day, by_day), reviews(day, by_night)) == (YES, NO)
    assert (reviews(night, by_day), reviews(night, by_night)) == (NO, YES)


def test_a_card_of_another_team_answers_like_one_that_is_not_there(phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    card = phone(DOCTOR).open_card()
    lead = phone(LEAD)
    assert lead.http.post(f"/review/{card}", data={"reason": "nieuwsgierig"}).status_code == 404
    assert all(entry["kind"] != "card.looked" for entry in phone(DOCTOR).sync()["entries"])


def test_who_joined_by_code_brings_their_lead_also_where_the_organisation_is_not_on_the_card(phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = officer.open_card()
    assert reviews(phone(LEAD), card) == NO
    joins(officer, card, triagist)
    assert (reviews(phone(LEAD), card), reviews(phone(OTHER_LEAD), card)) == (YES, NO)
    officer.write(card, "card.removed", {"person": triagist.me["person"]})
    assert reviews(phone(LEAD), card) == NO


def test_who_wrote_on_it_brings_their_lead(phone: Phones, teams: None) -> None:
    officer, doctor = phone(OFFICER), phone(DOCTOR)
    card = officer.open_card("crisisdienst")
    assert (reviews(phone(LEAD), card), reviews(phone(OTHER_LEAD), card)) == (NO, NO)
    doctor.write(card, "observation.noted", {"does": "zit op de stoep"})
    assert (reviews(phone(LEAD), card), reviews(phone(OTHER_LEAD), card)) == (NO, YES)


def test_who_was_on_duty_for_it_brings_their_lead_also_when_the_duty_is_over(
    phone: Phones, clock: Clock, rota: None, teams: None  # noqa: F811
) -> None:
    begins(phone(TRIAGIST), "21:00")
    card = phone(OFFICER).open_card("crisisdienst")
    clock.later(hours=3)
    begins(phone(DOCTOR), "23:30")
    assert (reviews(phone(LEAD), card), reviews(phone(OTHER_LEAD), card)) == (YES, YES)


def test_a_duty_before_the_card_came_or_after_it_closed_is_no_duty_for_it(phone: Phones, clock: Clock, rota: None, teams: None) -> None:  # noqa: F811
    officer = phone(OFFICER)
    begins(phone(TRIAGIST), "20:00")
    card = officer.open_card()
    clock.later(hours=2)
    officer.write(card, "card.shared", {"organisation": "crisisdienst"})
    clock.later(minutes=10)
    officer.write(card, "card.closed", {"outcome": "naar huis"})
    clock.later(minutes=10)
    begins(phone(DOCTOR), "23:30")
    assert (reviews(phone(LEAD), card), reviews(phone(OTHER_LEAD), card)) == (NO, NO)


def test_a_duty_that_was_ended_counts_until_then(phone: Phones, clock: Clock, rota: None, teams: None) -> None:  # noqa: F811
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    begins(triagist, "23:00")
    before = officer.open_card("crisisdienst")
    clock.later(minutes=30)
    assert triagist.http.post("/duty/end").status_code == 303
    clock.later(minutes=1)
    after = officer.open_card("crisisdienst")
    assert (reviews(phone(LEAD), before), reviews(phone(LEAD), after)) == (YES, NO)


def test_a_duty_that_is_made_longer_is_one_duty(app: Flask, phone: Phones, clock: Clock, rota: None, teams: None) -> None:  # noqa: F811
    triagist = phone(TRIAGIST)
    begins(triagist, "20:00")
    clock.later(minutes=30)
    begins(triagist, "23:00")
    clock.later(hours=2)
    assert reviews(phone(LEAD), phone(OFFICER).open_card("crisisdienst")) == YES
    from store.models import DutyPeriod, db

    with app.app_context():
        assert db.session.query(DutyPeriod).count() == 1
        duty.begin(triagist.me["person"], clock() + 401 * 24 * 3_600_000, clock() + 401 * 24 * 3_600_000 - 1)
        assert db.session.query(DutyPeriod).count() == 1, "what is long ago is forgotten"


def test_a_closed_card_of_the_team_opens_at_once_and_an_open_one_after_a_reason(phone: Phones, clock: Clock, rota: None, teams: None) -> None:  # noqa: F811
    triagist, lead = phone(TRIAGIST), phone(LEAD)
    card = triagist.open_card()
    triagist.write(card, "observation.noted", {"says": "ik ga niet mee"})
    asked = seen(lead.http.get(f"/review/{card}"))
    assert "ik ga niet mee" not in asked.text
    assert lead.http.post(f"/review/{card}", data=asked.form().filled(reason="klacht")).status_code == 303
    assert "ik ga niet mee" in seen(lead.http.get(f"/review/{card}")).text
    clock.later(hours=13)
    triagist.write(card, "card.closed", {"outcome": "naar huis"})
    assert "ik ga niet mee" in seen(lead.http.get(f"/review/{card}")).text


def test_a_lead_without_a_team_has_the_cards_of_the_whole_organisation(phone: Phones, rota: None) -> None:  # noqa: F811
    officer, triagist, lead = phone(OFFICER), phone(TRIAGIST), phone(LEAD)
    own, shared, joined = triagist.open_card(), officer.open_card("crisisdienst"), officer.open_card()
    joins(officer, joined, phone(DOCTOR))
    foreign = officer.open_card()
    assert [reviews(lead, card) for card in (own, shared, joined, foreign)] == [YES, YES, YES, NO]


def test_a_team_with_the_same_name_elsewhere_is_another_team(app: Flask, phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    with app.app_context(), writing() as connection:
        connection.execute(Person.__table__.update().where(Person.email == "teamlead@noord.example").values(team="dag"))
    assert reviews(phone("teamlead@noord.example"), phone(TRIAGIST).open_card()) == NO


def test_the_list_goes_on_behind_many_cards_of_other_teams(app: Flask, phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    triagist, doctor, lead = phone(TRIAGIST), phone(DOCTOR), phone(LEAD)
    mine = [triagist.open_card() for _ in range(27)]
    doctor.sync([doctor.opening() for _ in range(120)])
    first = seen(lead.http.get("/review?open=1"))
    older = next(link for link in first.links if "before=" in link)
    second = seen(lead.http.get(older))
    assert [card for page in (first, second) for link in page.links for card in mine if card in link and "before" not in link] == mine[::-1]


def test_a_new_team_counts_at_once_and_the_form_says_what_it_is_for(phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    doctor, lead, admin = phone(DOCTOR), phone(LEAD), phone(ADMIN)
    card = doctor.open_card()
    assert reviews(lead, card) == NO
    form = seen(admin.http.get(f"/people/{doctor.me['person']}"))
    assert "kijkt terug op de kaarten van het eigen team" in form.text
    assert admin.http.post(form.forms[0].action, data=form.forms[0].filled(team="dag")).status_code == 303
    assert reviews(lead, card) == YES


def test_the_list_says_whose_cards_these_are(app: Flask, phone: Phones, rota: None, teams: None) -> None:  # noqa: F811
    assert "van team dag" in seen(phone(LEAD).http.get("/review")).text
    assert "van uw hele organisatie" in seen(phone("teamlead@noord.example").http.get("/review")).text
