"""Scenario 6, its end: an agreement made in a basement is there months later when somebody opens a card at that address; withdrawn it is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.push_service import PushService
from tests.stories.hands import OFFICER, fill_in, invite, open_card
from tests.stories.phone import Phone
from tests.stories.pocket import Pocket
from tests.stories.served import Served

Phones = Callable[..., Phone]
WIJKAGENT, SHELTER = "wijkagent@noord.example", "begeleider@dehaven.example"
DAY_MS = 24 * 3600 * 1000


def day_in(days: int) -> str:
    return f"{datetime.now(ZoneInfo('Europe/Amsterdam')) + timedelta(days=days):%Y-%m-%d}"


def new_agreement(phone: Phone, place: str, alias: str = "") -> str:
    phone.go("/").tap("Afspraken op persoon of plaats")
    phone.tap("Nieuwe afspraak")
    phone.page.fill("[name=place]", place)
    phone.page.fill("[name=about]", alias)
    with phone.page.expect_navigation():
        phone.page.locator("main form button").last.click()
    return phone.card


def opens_at(phone: Phone, place: str) -> str:
    phone.go("/cards/new?context=police_asks&situation=crisis_assessment")
    phone.page.fill("[name=place]", place)
    with phone.page.expect_navigation():
        phone.page.locator("main form button").last.click()
    return phone.card


def test_an_agreement_made_in_a_basement_is_there_months_later_at_that_address(phone: Phones, server: Served) -> None:
    wijkagent, shelter = phone(WIJKAGENT), phone(SHELTER)
    with wijkagent.without_network():
        card = new_agreement(wijkagent, "Havenkade 3, 3511 AB Utrecht", "De Schipper")
        wijkagent.page.locator("#section-accord a[hx-get*='accord.set']").first.click()
        wijkagent.page.fill("#form [name=text]", "Breng je hem, bel ons dan voor er medicatie gegeven wordt")
        wijkagent.page.fill("#form [name=valid_until]", day_in(500))
        wijkagent.page.locator("#form .form-send button").click()
        expect(wijkagent.page.locator("#form .problems")).to_contain_text("Kies een dag binnen een jaar")
        wijkagent.page.fill("#form [name=valid_until]", day_in(180))
        wijkagent.page.fill("#form [name=call]", "De Haven, dag en nacht")
        wijkagent.page.fill("#form [name=phone]", "088-000 60 01")
        wijkagent.page.locator("#form .form-send button").click()
        # It speaks of medication: why may everybody on it read that?
        wijkagent.page.locator("#form label:has(input[name=ground][value=covenant])").click()
        wijkagent.page.locator("#form .form-send button").click()
        expect(wijkagent.page.locator("#section-accord")).to_contain_text("bel ons dan voor er medicatie")
    wijkagent.wait_until_shared()
    invite(wijkagent, card, "dehaven")
    wijkagent.wait_until_shared()

    # The other side agrees on its own phone.
    shelter.share()
    shelter.go("/agreements")
    shelter.page.locator("section:has(#title-to_agree) a").first.click()
    shelter.write(shelter.page.locator("#section-accord").get_by_role("button", name="Akkoord"))
    shelter.wait_until_shared()
    wijkagent.go(f"/cards/{card}")
    expect(wijkagent.page.locator("#section-accord .agreed")).to_contain_text("Opvang De Haven")

    # Months later, in another spelling, by another officer, without a network.
    later = 150 * DAY_MS
    server.set_clock(later)
    officer = phone(OFFICER, ahead_ms=later)
    officer.share()
    officer.wait_until(lambda: officer.entries(card), "the agreement is on the phone")
    with officer.without_network():
        opens_at(officer, "3511ab 3")
        here = officer.page.locator("#section-accords")
        expect(here).to_contain_text("bel ons dan voor er medicatie")
        assert here.locator("a.call").get_attribute("href") == "tel:0880006001"
        opens_at(officer, "3511ab 3a")
        expect(officer.page.locator("#section-accords")).to_be_hidden()

    # A month after that it has ended.
    server.set_clock(later + 31 * DAY_MS)
    after = phone(OFFICER, ahead_ms=later + 31 * DAY_MS)
    after.share()
    after.wait_until(lambda: after.entries(card), "the agreement is on the phone")
    opens_at(after, "Havenkade 3")
    expect(after.page.locator("#section-accords")).to_be_hidden()
    after.go("/agreements")
    expect(after.page.locator("section:has(#title-ended)")).to_contain_text("De Schipper")


def test_a_location_is_taken_on_a_tap_and_shows_what_was_agreed_around_there(phone: Phones) -> None:
    wijkagent, officer = phone(WIJKAGENT), phone(OFFICER)
    for one, lat in ((wijkagent, 52.09083), (officer, 52.09083 + 0.0006)):
        one.context.grant_permissions(["geolocation"])
        one.context.set_geolocation({"latitude": lat, "longitude": 5.12222})
    wijkagent.go("/cards/new?type=agreement&context=police_asks&situation=invest_in_relation")
    wijkagent.page.fill("[name=place]", "Onder de brug")
    wijkagent.tap("Locatie erbij")
    wijkagent.see("Locatie erbij.")
    with wijkagent.page.expect_navigation():
        wijkagent.page.locator("main form button.button-main").click()
    fill_in(wijkagent, "accord", "accord.set", {"text": "Kom van de waterkant", "valid_until": day_in(90)})
    wijkagent.wait_until_shared()
    officer.share()
    officer.wait_until(lambda: officer.entries(wijkagent.card), "the agreement is on the phone")
    with officer.without_network():
        officer.go("/cards/new?context=police_asks&situation=crisis_assessment")
        officer.page.fill("[name=place]", "Bij het water")
        officer.tap("Locatie erbij")
        officer.see("Locatie erbij.")
        with officer.page.expect_navigation():
            officer.page.locator("main form button.button-main").click()
        expect(officer.page.locator("#section-accords")).to_contain_text("Kom van de waterkant")
    # An anonymous consultation has no location, also when it was there before.
    officer.go("/cards/new?context=police_asks&situation=crisis_assessment")
    officer.tap("Locatie erbij")
    officer.see("Locatie erbij.")
    officer.page.locator("#field-anonymous").click()
    expect(officer.page.locator("[data-locate]")).to_be_hidden()
    assert officer.page.input_value("[name=lat]") == ""


def test_a_crisis_card_that_its_person_takes_back_is_gone_at_once_on_another_phone(phone: Phones) -> None:
    shelter, officer = phone(SHELTER), phone(OFFICER)
    card = new_agreement(shelter, "Havenkade 3", "De Schipper")
    shelter.page.locator("#section-accord a[hx-get*='accord.set']").first.click()
    shelter.page.fill("#form [name=text]", "Praat rustig en noem geen ziekenhuis")
    shelter.page.fill("#form [name=valid_until]", day_in(90))
    shelter.page.locator("#form label:has(input[name=given_by][value=person])").click()
    shelter.page.locator("#form .form-send button").click()
    expect(shelter.page.locator("#form .problems")).to_contain_text("De persoon zelf stemt in")
    assert shelter.page.input_value("#form [name=text]") == "Praat rustig en noem geen ziekenhuis"
    shelter.page.locator("#form label:has(input[name=consent])").click()
    if shelter.page.locator("#form input[name=ground]").count():
        shelter.page.locator("#form label:has(input[name=ground][value=consent])").click()
    shelter.page.locator("#form .form-send button").first.click()
    expect(shelter.page.locator("#section-accord")).to_contain_text("Gegeven door de persoon zelf")
    invite(shelter, card, "noord")
    shelter.wait_until_shared()
    officer.share()
    officer.wait_until(lambda: officer.entries(card), "the agreement is on the phone")
    opens_at(officer, "havenkade 3")
    expect(officer.page.locator("#section-accords")).to_contain_text("Praat rustig")
    shelter.go(f"/cards/{card}")
    fill_in(shelter, "accord", "accord.withdrawn", {})
    shelter.wait_until_shared()
    expect(officer.page.locator("#section-accords")).to_be_hidden(timeout=15_000)


def test_who_agreed_hears_in_a_pocket_that_it_counts_now_and_taps_through_to_the_agreement(
    phone: Phones, pocket: Callable[..., Pocket], makers: PushService
) -> None:
    shelter_pocket = pocket(SHELTER)
    shelter, officer, wijkagent = shelter_pocket.phone, phone(OFFICER), phone(WIJKAGENT)
    card = new_agreement(wijkagent, "Havenkade 3, 3511 AB Utrecht", "De Schipper")
    fill_in(wijkagent, "accord", "accord.set", {"text": "Bel ons eerst", "valid_until": day_in(90)})
    invite(wijkagent, card, "dehaven")
    wijkagent.wait_until_shared()
    shelter.share()
    shelter.go(f"/cards/{card}")
    shelter.write(shelter.page.locator("#section-accord").get_by_role("button", name="Akkoord"))
    shelter.wait_until_shared()
    shelter.go("/settings")
    officer.share()
    opens_at(officer, "3511ab 3")
    officer.wait_until_shared()
    shown = shelter_pocket.opens("accord_here", card, "accord")
    assert shown["title"] == "Uw afspraak geldt nu ergens"
    assert "3511 AB" in shown["body"]
    assert "Bel ons eerst" not in shown["body"]
    expect(shelter.page.locator("#section-accord")).to_contain_text("Bel ons eerst")


def test_what_another_organisation_agreed_shows_nowhere(phone: Phones) -> None:
    shelter, officer = phone(SHELTER), phone(OFFICER)
    new_agreement(shelter, "Kruispunt")
    fill_in(shelter, "accord", "accord.set", {"text": "Bel ons eerst", "valid_until": day_in(90)})
    shelter.wait_until_shared()
    officer.share()
    open_card(officer)
    expect(officer.page.locator("#section-accords")).to_be_hidden()
    assert officer.page.evaluate("fetch('/agreements').then((reply) => reply.text())").count("Bel ons eerst") == 0
