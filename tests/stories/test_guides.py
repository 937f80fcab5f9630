"""Guides on real phones: at hand in the clinic's lock without a network, ticks that stay, steps that become agreements; written and published."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.hands import LEAD, OFFICER
from tests.stories.phone import Phone

Phones = Callable[..., Phone]
CLINIC = "begeleider@kliniek.example"
DOOR = "Onze deur: wapens, telefoons en de sluis"


def with_guides(phone: Phone) -> Phone:
    phone.share()
    phone.wait_until(lambda: phone.kept()["meta"].get("guides"), "the guides are on the phone")
    return phone


def opens(phone: Phone, situation: str, place: str) -> str:
    phone.go(f"/cards/new?situation={situation}")
    phone.page.fill("[name=place]", place)
    with phone.page.expect_navigation():
        phone.page.locator("main form button").last.click()
    return phone.card


def ticks_kept(phone: Phone) -> int:
    return sum(name == "step" for draft in phone.kept()["drafts"] for name, _ in draft["values"])


def test_in_the_lock_without_a_network_the_guide_of_the_door_is_on_the_officers_card(phone: Phones) -> None:
    clinic, officer = with_guides(phone(CLINIC)), with_guides(phone(OFFICER))
    card = opens(clinic, "danger_inside", "Forensische kliniek, afdeling 2")
    clinic.wait_until_shared()
    clinic.hand_in(card, "card.shared", organisation="noord")
    officer.share()
    officer.wait_until(lambda: officer.entries(card), "the card is on the phone")
    with officer.without_network():
        officer.go(f"/cards/{card}")
        officer.tap(DOOR, "#section-begin")
        officer.see("Ga één voor één door de sluis")
        officer.see("Geldig tot en met")
        for step in ("Wapens, pepperspray", "Ga één voor één"):
            officer.page.locator(".guide-steps label", has_text=step).click()
        officer.wait_until(lambda: ticks_kept(officer) == 2, "the ticks are kept")
        officer.page.reload()
        officer.wait_until(lambda: officer.page.locator(".guide-steps input:checked").count() == 2, "the ticks are still there")
        officer.page.fill("[name=who]", "agent en begeleider")
        with officer.page.expect_navigation():
            officer.tap("Zet op de kaart als afspraak", "main")
        assert officer.card == card
        officer.see("Wapens, pepperspray, messen en telefoons gaan in de kluis")
        officer.tap(DOOR, "#section-begin")
        officer.page.locator(".guide-steps .chip", has_text="staat op de kaart").nth(1).wait_for()
        assert officer.page.locator(".guide-steps input:checked").count() == 0, "what was put on the card is ticked no more"
    officer.wait_until_shared()
    made = [one["item"]["body"] for one in officer.server_json(card)["agreements"]]
    assert [body["who"] for body in made] == ["agent en begeleider"] * 2


def test_ticks_are_of_one_card_and_the_guides_can_be_searched(phone: Phones) -> None:
    officer = with_guides(phone(OFFICER))
    with officer.without_network():
        first, second = opens(officer, "crisis_assessment", "Kruispunt"), opens(officer, "crisis_assessment", "Station")
        officer.go(f"/cards/{first}")
        officer.tap("Wie rijdt?", "#section-begin")
        officer.page.locator(".guide-steps label").first.click()
        officer.wait_until(lambda: ticks_kept(officer) == 1, "the tick is kept")
        officer.go(f"/cards/{second}/guides/who-drives")
        officer.page.wait_for_timeout(400)
        assert officer.page.locator(".guide-steps input:checked").count() == 0
        officer.go(f"/cards/{second}/guides")
        assert "Wie " in officer.page.locator(".guide-row").first.inner_text()
        officer.page.fill("#field-search", "sash")
        officer.wait_until(lambda: officer.page.locator(".guide-row:visible").count() == 1, "one is left")
        officer.page.fill("#field-search", "xyz")
        officer.see("Niets gevonden")


def test_a_card_says_where_to_begin_until_it_was_done(phone: Phones) -> None:
    officer = with_guides(phone(OFFICER))
    with officer.without_network():
        card = opens(officer, "report_offence_inside", "De Haven")
        begin = officer.page.locator("#section-begin a[hx-get*='report.decided']")
        begin.click()
        officer.page.locator("#form label:has([name=will][value=yes])").click()
        officer.page.locator("#form .form-send button").click()
        begin.wait_for(state="detached")
        assert officer.page.locator("#section-begin a[hx-get*='observation.noted']").count() == 1
    assert officer.entries(card)[-1]["kind"] == "report.decided"


def test_a_lead_writes_another_publishes_and_the_phone_hears_it(phone: Phones) -> None:
    lead, admin, officer = phone(LEAD), phone("admin@noord.example"), with_guides(phone(OFFICER))
    lead.go("/guides/mine/new")
    lead.page.fill("[name=title]", "Verward op het station")
    lead.page.fill("[name=body]", "1. Bel de perronchef\n\n   Nummer op de kaart.\n2. Blijf van de rand")
    lead.page.locator("details", has_text="Politie vraagt").locator("summary").click()
    lead.page.locator("label:has([name=situations][value=crisis_assessment])").click()
    lead.page.fill("[name=source]", "Afspraak met het station")
    lead.page.fill("[name=valid_until]", "morgen")
    lead.tap("Bekijk de stappen", "main")
    lead.see("Schrijf dag-maand-jaar")
    lead.page.fill("[name=valid_until]", "1-1-2037")
    lead.tap("Bekijk de stappen", "main")
    lead.see("Zo komen de stappen op de telefoon")
    lead.tap("Bewaar en laat nakijken", "main")
    lead.see("U schreef deze versie zelf")
    admin.go(lead.page.url.removeprefix(lead.wire.base))
    admin.tap("Zet online", "main")
    admin.see("online")
    officer.wait_until(lambda: officer.share() and "perronchef" in str(officer.kept()["meta"].get("guides")), "the phone hears it", 15)
    with officer.without_network():
        opens(officer, "crisis_assessment", "Station")
        officer.tap("Verward op het station", "#section-begin")
        officer.see("Blijf van de rand")


def test_a_guide_that_is_being_written_is_not_lost_with_the_network(phone: Phones) -> None:
    lead = phone(LEAD)
    lead.go("/guides/mine/new")
    lead.page.fill("[name=title]", "Bij het station")
    lead.page.fill("[name=body]", "1. Bel de perronchef")
    lead.wait_until(lambda: "perronchef" in str(lead.kept()["drafts"]), "the draft is kept")
    with lead.without_network():
        lead.tap("Bewaar en laat nakijken", "main")
        lead.see("Hiervoor is internet nodig")
    lead.go("/guides/mine/new")
    lead.wait_until(lambda: lead.page.input_value("[name=title]") == "Bij het station", "what was typed is back")
    assert lead.page.input_value("[name=body]") == "1. Bel de perronchef"
