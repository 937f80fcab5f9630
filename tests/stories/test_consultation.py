"""A worry without an incident: asked in a basement, late after five working days, answered, and gone on with as a live card that holds all of it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import fill_in
from tests.stories.phone import Phone
from tests.stories.served import Served

WIJKAGENT, REPORT_POINT = "wijkagent@noord.example", "medewerker@ggd.example"
DAY_MS = 24 * 3600 * 1000


def question(phone: Phone):  # type: ignore[no-untyped-def]
    return phone.page.locator("#section-consultation")


def test_a_worry_is_asked_late_answered_and_becomes_a_live_card(phone: Callable[..., Phone], server: Served) -> None:
    wijkagent = phone(WIJKAGENT)
    with wijkagent.without_network():
        wijkagent.go("/").tap("Vragen en zorgen")
        wijkagent.see("Er zijn geen vragen.")
        wijkagent.tap("Nieuwe vraag")
        wijkagent.tap("Politie vraagt zorg")
        wijkagent.tap("Zorgen van de wijkagent")
        wijkagent.page.fill("[name=place]", "Wijk Oost")
        with wijkagent.page.expect_navigation():
            wijkagent.page.locator("main form button").last.click()
        card = wijkagent.card
        question(wijkagent).locator("a[hx-get*='consultation.asked']").first.click()
        wijkagent.page.locator("#form .form-send button").click()
        expect(wijkagent.page.locator("#form .problems")).to_contain_text("Aan wie")
        wijkagent.page.locator("#form [name=to]").select_option("ggd")
        wijkagent.page.fill("#form [name=text]", "Man komt niet meer buiten. Willen jullie meekijken?")
        wijkagent.page.locator("#form .form-send button").click()
        expect(question(wijkagent)).to_contain_text("Antwoord uiterlijk")
    wijkagent.wait_until_shared()

    # Ten days later, and nobody answered: late to both.
    server.set_clock(10 * DAY_MS)
    asked = phone(REPORT_POINT, ahead_ms=10 * DAY_MS)
    asked.share()
    asked.go("/").see("Willen jullie meekijken?")
    asked.go("/consultations")
    asked.page.locator("section:has(#title-late) a").first.click()
    expect(question(asked)).to_contain_text("Te laat")
    fill_in(asked, "consultation", "consultation.answered", {"answer": "Wij gaan morgen langs, ga mee om tien uur"})
    expect(question(asked)).not_to_contain_text("Te laat")

    # It becomes a live card, with everything on it.
    with asked.page.expect_navigation():
        question(asked).get_by_role("button", name="Kaart van nu").click()
    expect(asked.page.locator("#section-presence")).to_be_visible()
    expect(question(asked)).to_contain_text("Wij gaan morgen langs")
    asked.wait_until_shared()
    back = phone(WIJKAGENT, ahead_ms=10 * DAY_MS)
    back.share()
    back.go(f"/cards/{card}")
    expect(question(back)).to_contain_text("ga mee om tien uur")
    expect(back.page.locator("#section-risk")).to_be_visible()
    assert back.server_json(card)["types"] == ["incident", "consultation"]
    back.go("/")
    expect(back.page.locator("#cards")).to_contain_text("Wijk Oost")
