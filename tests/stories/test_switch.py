"""The kill switch: with WORKER=off every phone drops its worker and works on the server alone; back on, what was not shared is handed in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories.hands import OFFICER, OTHER_OFFICER, TRIAGIST, fill_in, open_card
from tests.stories.phone import PASSWORD, Phone
from tests.stories.served import Served
from tests.stories.test_lock import LOCKED, choose_pin, note, unlock
from tests.stories.test_lost_phone import NOTHING, left, report_lost

Phones = Callable[..., Phone]
OF_A_WORKER = """() => Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])
  .then(([all, names]) => [all.length, navigator.serviceWorker.controller !== null, names.length])"""
OFF = "[data-worker-off]"


def switch(server: Served, to: str) -> None:
    server.stop()
    server.settings["WORKER"] = to
    server.start()


def signed_out_elsewhere(phone: Phone) -> list[dict[str, object]]:
    """The worker's file can be fetched, sharing cannot: so something is unsent. Gives the cookies to come back with."""
    cookies = phone.context.cookies()
    phone.context.clear_cookies()
    return [dict(one) for one in cookies]


def is_dropped(phone: Phone) -> None:
    expect(phone.page.locator(OFF)).to_be_visible(timeout=30_000)
    phone.wait_until(lambda: phone.page.evaluate(OF_A_WORKER) == [0, False, 0], "no worker is registered or answers here, and no cache is left")


def is_back(phone: Phone) -> None:
    phone.wait_for_worker()
    expect(phone.page.locator(OFF)).to_have_count(0)
    phone.wait_until(lambda: phone.page.evaluate("caches.keys().then((names) => names.length)") == 1, "the worker has its cache")


def said(phone: Phone, card: str) -> list[str]:
    return [item["body"]["does"] for item in phone.server_json(card)["timeline"] if item["kind"] == "observation.noted"]


def test_a_phone_with_something_unsent_works_on_the_server_and_shares_it_when_the_worker_is_back(phone: Phones, server: Served) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.go(f"/cards/{card}")
    cookies = signed_out_elsewhere(officer)
    note(officer, "Nog niet gedeeld")
    officer.wait_until(lambda: officer.unsent() == 1, "an entry that is not shared")

    switch(server, "off")
    # The page stands open, and hears it by the look that it does by itself.
    officer.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    is_dropped(officer)
    assert officer.unsent() == 1, "what is not shared stays on the phone"
    officer.context.add_cookies(cookies)  # type: ignore[arg-type]
    officer.go(f"/cards/{card}")
    assert said(officer, card) == [], "and on the phone alone"
    note(officer, "Rechtstreeks op de server")
    assert said(officer, card) == ["Rechtstreeks op de server"]
    officer.go("/")
    is_dropped(officer)

    switch(server, "on")
    officer.go(f"/cards/{card}")
    is_back(officer)
    officer.go(f"/cards/{card}")
    officer.see(LOCKED)
    unlock(officer)
    officer.see("Nog niet gedeeld")
    officer.wait_until_shared()
    assert sorted(said(officer, card)) == ["Nog niet gedeeld", "Rechtstreeks op de server"]


def test_the_next_page_is_enough_to_hear_of_it(phone: Phones, server: Served) -> None:
    officer = phone(OFFICER)
    switch(server, "off")
    officer.go("/")
    is_dropped(officer)


def test_what_was_half_typed_on_an_open_page_is_still_there(phone: Phones, server: Served) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.go(f"/cards/{card}/entries/new?kind=observation.noted")
    officer.page.fill("[name=does]", "Half getypt")
    switch(server, "off")
    officer.look_for_update()
    is_dropped(officer)
    expect(officer.page.locator("[name=does]")).to_have_value("Half getypt")


def test_who_signs_in_or_out_while_it_is_off_is_known_when_it_is_back(phone: Phones, server: Served) -> None:
    """A phone of a shift: nobody comes back to the cards of another."""
    officer = phone(OFFICER)
    open_card(officer)
    officer.wait_until_shared()
    switch(server, "off")
    officer.go("/")
    is_dropped(officer)
    officer.go("/settings")
    with officer.page.expect_navigation():
        officer.tap("Afmelden")
    switch(server, "on")
    officer.go("/login")
    is_back(officer)
    officer.go("/")
    officer.wait_until(lambda: officer.kept()["entries"] == [], "what was shared left the phone")
    assert "Kruispunt" not in officer.page.content()

    officer.page.fill("input[name=email]", TRIAGIST)
    officer.page.fill("input[name=password]", PASSWORD)
    with officer.page.expect_navigation():
        officer.page.locator("form:has(input[name=password]) button").first.click()
    officer.wait_until(lambda: officer._is_local("/"), "the worker answers for another person")
    assert "Kruispunt" not in officer.go("/").page.content()


def test_a_phone_that_comes_while_it_is_off_gets_no_worker(phone: Phones, server: Served) -> None:
    switch(server, "off")
    newcomer = phone(OTHER_OFFICER, signed_in=False)
    newcomer.go("/login")
    newcomer.page.fill("input[name=email]", OTHER_OFFICER)
    newcomer.page.fill("input[name=password]", PASSWORD)
    with newcomer.page.expect_navigation():
        newcomer.page.locator("form:has(input[name=password]) button").first.click()
    open_card(newcomer)
    is_dropped(newcomer)
    fill_in(newcomer, "observation", "observation.noted", {"does": "Zonder worker"})
    newcomer.see("Zonder worker")


def test_a_phone_that_is_revoked_while_it_is_off_is_empty_after_its_next_page(phone: Phones, server: Served) -> None:
    """No worker is there to hear it: the page that says so erases what the worker had left."""
    lost, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    open_card(lost)
    lost.wait_until_shared()
    switch(server, "off")
    for one in (lost, colleague):
        one.go("/")
        is_dropped(one)
    assert f"motorkap-{lost.me['person']}" in left(lost)["databases"]
    report_lost(colleague, "Agent Basisteam Noord")
    lost.go("/")
    lost.see("Dit toestel is afgemeld")
    lost.wait_until(lambda: left(lost) == NOTHING, "nothing of Motorkap is left", 20)

    switch(server, "on")
    lost.sign_in()
    lost.see("Gemeld als kwijt")


def test_what_another_left_on_a_phone_that_is_revoked_while_it_is_off_stays(phone: Phones, server: Served) -> None:
    shared = phone(TRIAGIST)
    card = open_card(shared)
    shared.wait_until_shared()
    shared.context.clear_cookies()
    note(shared, "Van de triagist")
    triagist, shared.account = shared.me["person"], OFFICER
    shared.sign_in()
    colleague = phone(OTHER_OFFICER)
    switch(server, "off")
    for one in (shared, colleague):
        one.go("/")
        is_dropped(one)
    report_lost(colleague, "Agent Basisteam Noord")
    shared.go("/")
    shared.wait_until(lambda: f"motorkap-{shared.me['person']}" not in left(shared)["databases"], "the officer's log is gone", 20)
    assert f"motorkap-{triagist}" in left(shared)["databases"]
    switch(server, "on")
    shared.account = TRIAGIST
    shared.sign_in()
    shared.wait_until_shared()
    shared.go(f"/cards/{card}").see("Van de triagist")
