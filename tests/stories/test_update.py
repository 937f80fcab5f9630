"""A new version of the worker never breaks an open card: old pages go on, and the update is offered when nothing is unsent."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import OFFICER, note, open_card
from tests.stories.phone import Phone

NEWER = "\nself.newer = true;"


def test_a_new_version_waits_until_nothing_is_unsent_and_then_takes_over(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    # Signed out elsewhere: the worker's file can be fetched, sharing cannot.
    cookies = officer.context.cookies()
    officer.context.clear_cookies()
    note(officer, "Van voor de nieuwe versie")
    officer.wait_until(lambda: officer.unsent() == 1, "an entry that is not shared")

    officer.wire.suffix = NEWER
    officer.look_for_update()
    officer.wait_until(lambda: officer.page.evaluate(WAITING), "the new version waits")
    expect(officer.page.locator("[data-update]")).to_be_hidden()
    note(officer, "Op de oude pagina, met de nieuwe versie klaar")
    officer.see("Op de oude pagina, met de nieuwe versie klaar")
    assert officer.unsent() == 2

    officer.context.add_cookies(cookies)
    officer.wait_until_shared()
    button = officer.page.locator("[data-update]")
    expect(button).to_be_visible()
    with officer.page.expect_navigation():
        button.click()
    officer.wait_until(lambda: not officer.page.evaluate(WAITING), "the new version took over")
    officer.see("Op de oude pagina, met de nieuwe versie klaar")
    note(officer, "Met de nieuwe versie")
    officer.wait_until_shared()
    said = [item["body"].get("does") for item in officer.server_json(card)["timeline"] if item["kind"] == "observation.noted"]
    assert said == ["Van voor de nieuwe versie", "Op de oude pagina, met de nieuwe versie klaar", "Met de nieuwe versie"]


def test_a_tap_that_the_browser_makes_nothing_of_is_tried_again_by_the_page(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.wire.suffix = NEWER + DEAF_ONCE
    officer.look_for_update()
    officer.page.locator("[data-update]").wait_for()
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    officer.page.fill("#form [name=problem]", "Half getypt")
    officer.page.locator("#form [data-close]").click()
    officer.page.locator("[data-update]").click()
    expect(officer.page.locator("[data-update]")).to_be_disabled()
    officer.wait_until(lambda: not officer.page.evaluate(WAITING), "the new version took over")
    expect(officer.page.locator("[data-update]")).to_be_hidden()
    officer.go(f"/cards/{card}").page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    expect(officer.page.locator("#form [name=problem]")).to_have_value("Half getypt")


# As a browser that put it off: static/page/update.js.
DEAF_ONCE = """
{
  const take = self.skipWaiting.bind(self);
  let deaf = true;
  self.skipWaiting = () => (deaf ? Promise.resolve((deaf = false)) : take());
}
"""
WAITING = "navigator.serviceWorker.getRegistration().then((registration) => Boolean(registration.waiting))"
