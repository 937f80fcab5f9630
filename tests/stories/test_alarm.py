"""An alarm is seen wherever its reader is, once; and nobody believes that help was asked for when it was not."""

from __future__ import annotations

from collections.abc import Callable

import uuid6
from playwright.sync_api import Page, expect

from tests.stories.hands import OFFICER, OTHER_OFFICER, open_card
from tests.stories.phone import Phone


def hold_alarm(page: Page) -> None:
    page.locator("[data-hold]").focus()
    page.keyboard.down("Enter")
    page.locator("#section-alarm .alarm").wait_for()
    page.keyboard.up("Enter")


def test_an_alarm_reaches_who_fills_in_a_form_and_who_is_on_another_page(phone: Callable[..., Phone]) -> None:
    officer, second = phone(OFFICER), phone(OTHER_OFFICER)
    second.context.add_init_script("window.felt = 0; navigator.vibrate = () => { window.felt += 1; return true; };")
    card = open_card(officer)
    officer.wait_until_shared()
    second.go(f"/cards/{card}")
    second.page.locator("#section-observation a[hx-get*='observation.noted']").first.click()
    second.page.locator("#form [name=says]").fill("Ik ga niet mee")

    hold_alarm(officer.page)
    over = second.page.locator("#sheet .alarms [data-alarm]")
    expect(over).to_be_visible()
    expect(over).to_contain_text("ALARM: hulp nu")
    expect(over).to_contain_text("Kruispunt")
    assert second.page.locator("#form [name=says]").input_value() == "Ik ga niet mee"
    assert second.page.evaluate("window.felt") == 1
    second.page.locator("#form [data-close]").click()
    expect(second.page.locator("#section-alarm .alarm")).to_be_visible()
    expect(second.page.locator("body > .alarms [data-alarm], #sheet [data-alarm]")).to_have_count(0)

    for path in (f"/cards/{card}/timeline", "/settings", "/cards/new"):
        second.go(path)
        strip = second.page.locator("#alarms [data-alarm]")
        if "timeline" in path:
            expect(strip).to_have_count(1)
        expect(strip).to_be_visible()
    second.go("/")
    expect(second.page.locator(".card-row-alarm")).to_be_visible()
    expect(second.page.locator("#alarms [data-alarm]")).to_have_count(0)
    second.go("/settings")
    officer.page.locator("#section-alarm form button").click()
    expect(second.page.locator("#alarms")).to_be_hidden()


def opened(phone: Phone, place: str, **told: str) -> str:
    card = str(uuid6.uuid7())
    phone.hand_in(card, "card.opened", **{"situation": "crisis_assessment", "place": place, **told})
    return card


def test_an_alarm_that_no_row_in_sight_tells_of_is_in_the_strip_also_on_a_list(phone: Callable[..., Phone]) -> None:
    officer, second = phone(OFFICER), phone(OTHER_OFFICER)
    ringing = opened(officer, "Kruispunt")
    for number in range(7):
        opened(officer, f"Plek {number}")
    second.share()
    second.go("/")
    page, strip = second.page, second.page.locator("#alarms [data-alarm]")
    expect(page.locator(".card-row").nth(7)).to_contain_text("Kruispunt")

    # Of the oldest card: the row goes up, and says it.
    officer.hand_in(ringing, "alarm.raised")
    expect(page.locator(".card-row").first.locator(".card-row-alarm-word")).to_be_in_viewport()
    expect(strip).to_have_count(0)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(strip).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    expect(strip).to_have_count(0)

    # Of a card that stands in no list of cards: nothing but the strip tells of it.
    accord = opened(officer, "Afspraak Parkzicht", situation="lower_threshold", type="agreement")
    officer.hand_in(accord, "alarm.raised")
    expect(strip).to_have_count(1)
    expect(strip).to_contain_text("Afspraak Parkzicht")
    second.go("/missing")
    expect(strip).to_have_count(2)


def test_an_alarm_without_a_network_says_in_its_box_that_nobody_has_it(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    open_card(officer)
    officer.wait_until_shared()
    officer.cut()
    hold_alarm(officer.page)
    box = officer.page.locator("#section-alarm .alarm")
    expect(box).to_contain_text("Nog niet verstuurd. Geen internet. Gebruik portofoon of bel 112.")
    expect(officer.page.locator("#sync-line")).to_contain_text("1 nog te delen")
    expect(officer.page.locator("#sync-line")).to_contain_text("Geen internet")
    officer.mend()
    officer.wait_until_shared()
    expect(box).not_to_contain_text("verstuurd")
    expect(officer.page.locator("#sync-line")).to_contain_text("Alles gedeeld")


def test_a_list_that_was_drawn_just_before_an_alarm_came_tells_of_it_all_the_same(phone: Callable[..., Phone]) -> None:
    """What came between its drawing and its first listening was told to nobody. Here the word of it is missing in what was drawn."""
    officer, second = phone(OFFICER), phone(OTHER_OFFICER)
    card = open_card(officer)
    officer.hand_in(card, "alarm.raised")
    second.wait_until(lambda: second.share() is not None and any(one["kind"] == "alarm.raised" for one in second.entries(card)), "the alarm is there")
    second.context.add_init_script(WITHOUT_THE_WORD)
    second.go("/")
    expect(second.page.locator("[data-cards] [data-rings]")).to_be_visible()
    expect(second.page.locator("body > .alarms [data-alarm]")).to_have_count(0)


WITHOUT_THE_WORD = """
addEventListener("DOMContentLoaded", () => {
  for (const word of document.querySelectorAll("[data-rings]")) word.remove();
});
"""
