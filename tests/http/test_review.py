"""Looking back: a lead finds closed cards by what happened, and sees of one how long it took, to scale, and who could see what since when."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from card.access import Viewer
from store import closed_cards, looking_back, looks
from store.database import reading, writing
from store.looking_back import Wanted, joined, overlaps
from store.models import ClosedCard, ClosedCardCame, ClosedCardMark, db
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, TRIAGIST, Clock, Phone, new_id, say_tables_are_at
from tests.http.inviting import seen
from tests.http.test_duty import LEAD, begins, rota  # noqa: F401
from tests.http.test_team import OTHER_LEAD, joins, teams  # noqa: F401
from tests.review.crossing import ms

Phones = Callable[[str], Phone]
POLICE_LEAD = "teamlead@noord.example"


def closes(phone: Phone, card: str) -> None:
    phone.write(card, "card.closed", {"outcome": "naar huis"})


def many_closed(phone: Phone, many: int) -> list[str]:
    """Cards that were opened and closed, in one call."""
    openings = [phone.opening() for _ in range(many)]
    closings = [phone.entry(opening["card"], "card.closed", {"outcome": "naar huis"}) for opening in openings]
    assert phone.sync([*openings, *closings])["rejected"] == {}
    return [opening["card"] for opening in openings]


def listed(lead: Phone, query: str = "") -> list[str]:
    return [link.rsplit("/", 1)[1] for link in seen(lead.http.get(f"/review{query}")).links if re.fullmatch(r"/review/[0-9a-f-]{36}", link)]


def played(phone: Phones, clock: Clock) -> str:
    """Scenario 1, on the server: what the officer wrote in the stairwell is handed in at 20:22."""
    officer, triagist, driver = phone(OFFICER), phone(TRIAGIST), phone("chauffeur@ggzvervoer.example")

    def at(hour_minute: str) -> None:
        clock.now_ms = ms(hour_minute)

    def writes(who: Phone, kind: str, body: dict[str, Any], **told: Any) -> str:
        return str(who.write(card, kind, body, **told)["id"])

    at("19:00")
    card = officer.open_card()
    writes(officer, "presence.arrived", {"person": officer.me["person"]})
    middle = writes(officer, "risk.assessed", {"for": "client", "level": "middle"})
    at("19:02")
    first = writes(officer, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    at("19:21")
    writes(triagist, "service.declined", {"request": first, "reason": "under_influence", "referred_to": "verslavingszorg"})
    at("19:23")
    second = writes(officer, "service.requested", {"service": "verslavingszorg", "for": "assessment"})
    at("19:25")
    writes(officer, "service.declined", {"request": second, "reason": "office_hours"})
    at("19:30")
    writes(officer, "service.escalated", {"request": second, "level": "operational", "to": "Achterwacht"})
    at("19:31")
    third = writes(officer, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    writes(triagist, "service.promised", {"request": third, "until": "2026-11-24T19:15:00Z"})
    at("19:40")
    low = officer.entry(card, "risk.assessed", {"for": "client", "level": "low"}, supersedes=[middle])
    at("20:15")
    writes(triagist, "presence.arrived", {"person": triagist.me["person"]})
    writes(triagist, "service.arrived", {"request": third})
    at("20:19")
    high = writes(triagist, "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=[middle])
    at("20:22")
    assert officer.sync([low], {card: 1_000_000})["rejected"] == {}
    at("20:24")
    agreed = writes(officer, "risk.assessed", {"for": "client", "level": "high", "acute": True}, supersedes=[low["id"], high])
    at("20:31")
    drive = writes(officer, "service.requested", {"service": "ggzvervoer", "for": "transport"})
    writes(driver, "service.promised", {"request": drive, "until": "2026-11-24T20:00:00Z"})
    at("21:08")
    writes(officer, "service.arrived", {"request": drive})
    writes(officer, "transport.chosen", {"by": "ggz_transport"})
    at("21:09")
    offer = writes(officer, "handover.offered", {"to": "crisisdienst", "searched": "yes"})
    at("21:12")
    writes(triagist, "handover.accepted", {"offer": offer, "release": True})
    writes(triagist, "risk.assessed", {"for": "client", "level": "middle"}, supersedes=[agreed])
    at("21:14")
    closes(triagist, card)
    at("22:00")
    return card


@pytest.mark.parametrize("account", [POLICE_LEAD, LEAD])
def test_the_review_of_the_crossing_says_exactly_how_long_everything_took(phone: Phones, clock: Clock, account: str) -> None:
    card = played(phone, clock)
    page = seen(phone(account).http.get(f"/review/{card}"))
    for said in (
        "Van openen tot sluiten 2 u 14 min", "Beoordeling: van de eerste vraag tot er iemand was 1 u 13 min, 3 vragen, 1 keer opgeschaald",
        "Gewacht op GGZ Vervoer 37 min, waarvan 8 min over tijd", "Wie reed GGZ-vervoer", "Aangenomen en vrijgegeven",
        "Verschillend oordeel over het risico voor: Cliënt 5 min 20:19 - 20:24", "politie 19:40 zorg 20:22 (later: 42 min)",
    ):  # fmt: skip
        assert bare(said) in bare(page.text), said


def bare(text: str) -> str:
    return "".join(text.split())


def test_a_lead_finds_the_crossing_by_its_marks_its_situation_and_its_partner(phone: Phones, clock: Clock) -> None:
    card = played(phone, clock)
    lead = phone(POLICE_LEAD)
    for query in ("", "?mark=referral_chain", "?mark=overdue&mark=risk_disagreement", "?situation=crisis_assessment", "?partner=ggzvervoer"):
        assert listed(lead, query) == [card], query
    for query in ("?mark=alarm", "?mark=overdue&mark=alarm", "?situation=worry", "?partner=veiligthuis"):
        assert listed(lead, query) == [], query
    for query in ("?mark=' or 1=1", "?situation=x", "?partner=noord", "?before=x", "?mark=%00"):
        assert listed(lead, query) == [card], "what the address says beyond what there is counts for nothing"


def test_the_form_keeps_what_was_chosen_and_so_does_the_next_page(phone: Phones) -> None:
    officer, lead = phone(OFFICER), phone(POLICE_LEAD)
    cards = [officer.open_card() for _ in range(looks.PAGE + 2)]
    for card in cards:
        officer.write(card, "alarm.raised", {})
        officer.write(card, "card.closed", {"outcome": "x", "override": {"reason": "x", "duties": [last_alarm(officer, card)]}})
    first = seen(lead.http.get("/review?mark=alarm&mark=override"))
    assert [value for name, value in first.form().fields if name == "mark"] == ["override", "alarm"]
    older = next(link for link in first.links if "before=" in link)
    assert "mark=alarm" in older
    assert listed(lead, "?mark=alarm&mark=override") + listed(lead, older.removeprefix("/review")) == cards[::-1]


def last_alarm(officer: Phone, card: str) -> str:
    found = [entry["id"] for entry in officer.sync(have={})["entries"] if entry["card"] == card and entry["kind"] == "alarm.raised"]
    return str(found[-1])


def test_what_comes_late_is_found_and_a_card_that_opens_again_is_no_longer_closed(phone: Phones) -> None:
    officer, lead = phone(OFFICER), phone(POLICE_LEAD)
    card = officer.open_card()
    closes(officer, card)
    assert (listed(lead), listed(lead, "?mark=late_entries")) == ([card], [])
    officer.write(card, "observation.noted", {"does": "is thuis"})
    assert listed(lead, "?mark=late_entries") == [card]
    officer.write(card, "alarm.raised", {})
    assert listed(lead) == []
    assert f"/cards/{card}" in seen(lead.http.get("/review?open=1")).links


def test_who_says_afterwards_how_it_went_is_not_late(phone: Phones) -> None:
    officer, lead = phone(OFFICER), phone(POLICE_LEAD)
    card = officer.open_card()
    closes(officer, card)
    officer.write(card, "feedback.answered", {"not_well": ["waiting"]})
    officer.write(card, "feedback.given", {"text": "Zij is opgenomen"})
    assert (listed(lead), listed(lead, "?mark=late_entries")) == ([card], [])
    assert "Nagekomen regels" not in seen(lead.http.get(f"/review/{card}")).text


def test_the_list_tells_nobody_what_the_other_side_wrote_for_itself(phone: Phones) -> None:
    officer, lead = phone(OFFICER), phone(LEAD)
    card = officer.open_card("crisisdienst")
    closes(officer, card)
    officer.write(card, "observation.noted", {"does": "voor ons alleen"}, audience="police")
    assert listed(lead) == [card]
    assert listed(lead, "?mark=late_entries") == []
    assert "voor ons alleen" not in lead.http.get(f"/review/{card}").get_data(as_text=True)
    assert "voor ons alleen" in phone(POLICE_LEAD).http.get(f"/review/{card}").get_data(as_text=True)


def test_no_list_tells_a_lead_what_kind_of_situation_the_other_side_wrote_for_itself(phone: Phones) -> None:
    """Nor that it closed. The lead of the side that wrote it sees it, in the list of what is open."""
    officer, care, own = phone(OFFICER), phone(LEAD), phone(POLICE_LEAD)
    opening = officer.entry(new_id(), "card.opened", {"situation": "pressure_to_open", "place": "x"}, audience="police")
    card = opening["card"]
    assert not officer.sync([opening, officer.entry(card, "card.shared", {"organisation": "crisisdienst"})])["rejected"]
    words = "Druk om de deur te openen"
    assert words in own.http.get("/review?open=1").get_data(as_text=True)
    officer.write(card, "card.closed", {"outcome": "stil"}, audience="police")
    for lead, tells in ((care, False), (own, True)):
        assert listed(lead) == []
        page = lead.http.get("/review?open=1").get_data(as_text=True)
        assert (card in page, words in page) == (True, tells)
    officer.write(card, "card.closed", {"outcome": "voor iedereen"})
    assert (listed(care), listed(own)) == ([card], [card])
    assert care.http.get("/review").get_data(as_text=True).count(words) == 1, "in what can be chosen alone"


def test_rows_of_before_that_say_too_much_are_in_no_list_until_they_are_made_anew(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    private, common = officer.open_card("crisisdienst"), officer.open_card("crisisdienst")
    for card in (private, common):
        closes(officer, card)
    officer.write(private, "observation.noted", {"does": "x"}, audience="police")
    say_tables_are_at(app, "0021")
    with app.app_context():
        closed_cards.refresh(10)
        upgrade()
        viewer = Viewer("", "crisisdienst", "care", "lead", "")
        assert [row.id for row in looking_back.closed_cards(viewer, Wanted(), 10)] == [common]
        assert closed_cards.refresh(10) == 2
        assert [row.id for row in looking_back.closed_cards(viewer, Wanted(), 10)] == [common, private]


def test_the_closed_cards_of_each_team_are_those_that_its_lead_may_open(
    phone: Phones, clock: Clock, rota: None, teams: None  # noqa: F811
) -> None:
    """Said twice, as a rule and as a query: over cards that came to the teams in every way they agree."""
    officer, triagist, doctor = phone(OFFICER), phone(TRIAGIST), phone(DOCTOR)
    begins(triagist, "20:00")
    cards = [triagist.open_card(), doctor.open_card(), officer.open_card("crisisdienst"), officer.open_card(), officer.open_card()]
    joins(officer, cards[3], triagist)
    clock.later(hours=2)
    cards.append(officer.open_card("crisisdienst"))
    doctor.write(cards[5], "observation.noted", {"does": "zit"})
    cards.append(officer.open_card("crisisdienst"))
    officer.write(cards[6], "card.unshared", {"organisation": "crisisdienst"})
    for card in cards:
        closes(triagist if card == cards[0] else doctor if card == cards[1] else officer, card)
    found = {}
    for account in (LEAD, OTHER_LEAD, POLICE_LEAD):
        lead = phone(account)
        found[account] = listed(lead)
        assert found[account] == [card for card in sorted(cards, reverse=True) if lead.http.get(f"/review/{card}").status_code == 200]
    assert found[LEAD] == sorted(cards[:4], reverse=True), "opened, served for (twice), joined; of the second the triagist had duty"
    assert found[OTHER_LEAD] == sorted([cards[1], cards[5]], reverse=True)


def test_periods_of_duty_overlap_when_one_begins_in_time_and_is_not_over() -> None:
    periods = joined([(50, 60), (10, 20), (15, 30)])
    assert periods == [(10, 30), (50, 60)]
    assert [overlaps(periods, first, last) for first, last in ((0, 5), (0, 10), (29, 40), (30, 49), (30, 50), (60, 99))] == [
        False, True, True, False, True, False,
    ]  # fmt: skip


def rows(app: Flask) -> list[Any]:
    with app.app_context(), reading() as connection:
        tables = (ClosedCard, ClosedCardMark, ClosedCardCame)
        return [sorted(map(tuple, connection.execute(table.__table__.select()).all())) for table in tables]  # type: ignore[attr-defined]


def test_the_rows_made_again_from_the_logs_are_the_same(app: Flask, phone: Phones, clock: Clock) -> None:
    played(phone, clock)
    closes(phone(DOCTOR), phone(DOCTOR).open_card())
    with app.app_context():
        closed_cards.refresh(100)
    before = rows(app)
    assert before[1]
    with app.app_context(), writing() as connection:
        for table in (ClosedCardMark, ClosedCardCame, ClosedCard):
            connection.execute(table.__table__.delete())  # type: ignore[attr-defined]
    told = app.test_cli_runner().invoke(args=["review", "rebuild"])
    assert (told.exit_code, told.output.strip()) == (0, "2 closed cards looked at.")
    assert rows(app) == before


def test_cards_that_closed_before_this_version_are_found(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = officer.open_card()
    closes(officer, card)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0015')")
        downgrade(revision="0014")
        upgrade(revision="0015")
        viewer = Viewer("", "noord", "police", "lead", "")
        assert closed_cards.refresh(10) == 1
        assert [row.id for row in looking_back.closed_cards(viewer, Wanted(), 10)] == [card]


def test_a_card_with_all_that_one_call_may_bring_keeps_nobody_from_looking_back(phone: Phones) -> None:
    """Organisations of nobody, by the hundred: since when each is on the card is found in one pass."""
    officer, lead = phone(OFFICER), phone(POLICE_LEAD)
    card = officer.open_card(*(f"niemand-{place}" for place in range(250)))
    closes(officer, card)
    begun = time.process_time()
    assert listed(lead) == [card]
    assert time.process_time() - begun < 3


def test_a_look_brings_no_more_up_to_date_than_so_many_entries_and_the_next_goes_on(app: Flask, phone: Phones) -> None:
    officer = phone(OFFICER)
    for card in [officer.open_card() for _ in range(3)]:
        closes(officer, card)
    with app.app_context():
        assert [closed_cards.refresh(100, entries=4) for _ in range(3)] == [2, 1, 0]


def test_what_hundreds_elsewhere_closed_before_keeps_no_lead_from_their_own(app: Flask, phone: Phones) -> None:
    """Nobody looked at any of it yet, as in a morning after a busy night in the whole country."""
    south, officer = phone(OFFICER_SOUTH), phone(OFFICER)
    many_closed(south, 120)
    own = many_closed(officer, 3)
    assert listed(phone(POLICE_LEAD)) == sorted(own, reverse=True)
    again = many_closed(officer, 1)
    assert again[0] not in seen(phone(POLICE_LEAD).http.get("/review?open=1")).text
    assert listed(phone(POLICE_LEAD)) == sorted([*own, *again], reverse=True)


def test_a_card_on_which_somebody_goes_on_writing_keeps_no_lead_waiting(app: Flask, phone: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, lead = phone(OFFICER), phone(POLICE_LEAD)
    many_closed(officer, 1)
    monkeypatch.setattr(closed_cards, "_keep", lambda connection, made: False)
    assert listed(lead) == []


def test_a_member_does_not_look_back(phone: Phones) -> None:
    card = phone(OFFICER).open_card()
    assert [phone(OFFICER).http.get(path).status_code for path in ("/review", "/review?open=1", f"/review/{card}")] == [404] * 3


def test_the_picture_says_in_words_what_it_draws(phone: Phones, clock: Clock) -> None:
    card = played(phone, clock)
    markup = phone(POLICE_LEAD).http.get(f"/review/{card}").get_data(as_text=True)
    desc = " ".join(re.search(r'<desc id="picture-desc">(.*?)</desc>', markup, re.S)[1].split())  # type: ignore[index]
    assert "GGZ Vervoer: Op gewacht 37 min, waarvan 8 min over tijd." in desc
    assert "GGZ Crisisdienst: Houdt de kaart 2 min; Op gewacht 1 u 3 min; Aanwezig 59 min." in desc
    assert json.dumps(re.findall(r'<text class="back-clock"[^>]*>([^<]*)<', markup)) == '["19:00", "20:00", "21:00"]'


def test_for_training_nothing_is_left_that_gives_anybody_away(phone: Phones, clock: Clock) -> None:
    card = played(phone, clock)
    lead, officer = phone(POLICE_LEAD), phone(OFFICER)
    page = seen(lead.http.get(f"/review/{card}/training"))
    assert f"/review/{card}/training" in seen(lead.http.get(f"/review/{card}")).links
    file = lead.http.get(f"/review/{card}/training.json")
    main = lead.http.get(f"/review/{card}/training").get_data(as_text=True).partition("<main")[2]
    known = ("Kruispunt", "Achterwacht", "Basisteam", "Triagist GGZ", "naar huis", "2026", "19:0", officer.me["person"], "noord")
    for text in (main.replace(card, ""), file.get_data(as_text=True)):
        assert [word for word in known if word in text] == []
    assert "na 21 min" in page.text
    assert "Politie A, persoon 1" in page.text
    assert file.get_json()["minutes"] == 134
    assert officer.http.get(f"/review/{card}/training").status_code == 404
