"""Written means kept: whatever ends right after a tap, the phone, its worker or the server, what was written is there afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Playwright

from tests.stories.hands import OFFICER, WRITES, ids, kill_browser, open_card, own_browser
from tests.stories.phone import Phone
from tests.stories.served import Served
from tests.stories.wire import Wire


def test_a_browser_that_is_killed_right_after_a_tap_has_kept_the_tap(playwright: Playwright, server: Served, tmp_path: Path) -> None:
    wire, folder = Wire(server.port), tmp_path / "browser"

    phone = own_browser(playwright, folder, wire, OFFICER).sign_in()
    card = open_card(phone)
    phone.wait_until_shared()
    phone.cut()
    phone.page.locator("#section-risk a[hx-get*='for=client']").first.click()
    phone.page.locator("#form label:has(input[name=level][value=high])").click()
    phone.page.locator("#form .form-send button").click()
    phone.page.locator("#section-risk").get_by_text("Hoog").wait_for()
    me = phone.me
    kill_browser(folder)
    with contextlib.suppress(Exception):
        phone.context.close()

    again = own_browser(playwright, folder, wire, OFFICER)
    again.me = me
    again.go(f"/cards/{card}")
    again.page.locator("#section-risk").get_by_text("Hoog").wait_for()
    assert again.unsent() == 1
    # A browser writes its cookies to disk when it likes: the session may be lost with it. What was written is not; its writer signs in again.
    again.mend()
    again.sign_in()
    again.wait_until_shared()
    assert again.server_json(card)["risk"]["client"]["level"] == "high"
    again.close()


def test_a_worker_that_is_stopped_in_the_middle_of_writing_loses_nothing_it_answered(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.cut()
    officer.page.evaluate(WRITES, [card, ids(60)])
    for _ in range(4):
        officer.page.wait_for_timeout(120)
        officer.stop_worker()
    officer.wait_until(lambda: officer.page.evaluate("window.finished === true"), "all forms posted", 60)
    answered = officer.page.evaluate("window.answered")
    assert len(answered) > 20
    kept = [entry["id"] for entry in officer.entries(card)]
    assert len(kept) == len(set(kept))
    assert set(answered) <= set(kept)
    officer.mend()
    officer.wait_until_shared()
    on_server = [item["id"] for item in officer.server_json(card)["timeline"]]
    assert sorted(on_server) == sorted(kept)


def test_a_server_that_is_killed_and_comes_back_has_all_that_it_acknowledged(phone: Callable[..., Phone], server: Served) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.page.evaluate(WRITES, [card, ids(60)])
    officer.page.wait_for_timeout(300)
    server.kill()
    officer.wait_until(lambda: officer.page.evaluate("window.finished === true"), "all forms posted while the server is away", 60)
    assert officer.page.evaluate("window.answered.length") == 60
    server.start()
    officer.wait_until_shared()
    assert {item["id"] for item in officer.server_json(card)["timeline"]} >= set(ids(60))
    assert len(officer.server_json(card)["timeline"]) == len(officer.entries(card))
