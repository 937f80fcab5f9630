"""An alarm is seen wherever its reader is, once; and nobody believes that help was asked for when it was not."""

from __future__ import annotations

from collections.abc import Callable

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
