"""The night of an upgrade, in a real browser: a phone of the last release keeps what it wrote, hands it in at the server of today, and takes the new
version with everything that is sealed on it. Then the server is put back, and the phone of today goes on there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.faults import released
from tests.faults.night import Night
from tests.stories.hands import OFFICER, note, open_card
from tests.stories.phone import Phone, new_context
from tests.stories.served import ROOT
from tests.stories.wire import Wire

BEFORE, IN_BETWEEN, AFTER, PUT_BACK = "Staat op de stoep", "Zonder netwerk getypt", "Met de nieuwe versie", "De server is terug naar vroeger"


@pytest.fixture
def night(built: None, tmp_path: Path) -> Iterator[Night]:
    found = released.night(tmp_path / "data", released.for_browsers())
    yield found
    found.kill()


@pytest.fixture
def officer(browser: Browser, night: Night) -> Iterator[Phone]:
    night.start()
    one = Phone(new_context(browser), Wire(night.port), OFFICER)
    yield one.sign_in()
    one.close()


def test_a_phone_of_the_last_release_takes_the_version_of_today_with_everything_it_holds(officer: Phone, night: Night) -> None:
    card = open_card(officer)
    note(officer, BEFORE)
    officer.wait_until_shared()
    assert works_with(officer, night.root), "the phone runs the last release"

    officer.cut()
    note(officer, IN_BETWEEN)
    assert officer.unsent() == 1
    changes_to(night, ROOT)
    officer.mend()
    officer.wait_until_shared()
    assert works_with(officer, released.for_browsers()), "nobody took the new version yet"
    assert said(officer, card) == [BEFORE, IN_BETWEEN]

    officer.look_for_update()
    button = officer.page.locator("[data-update]")
    expect(button).to_be_visible()
    button.click()
    takes_over(officer)
    officer.cut()
    officer.go(f"/cards/{card}")
    for words in (BEFORE, IN_BETWEEN):
        officer.see(words)
    note(officer, AFTER)
    officer.mend()
    officer.wait_until_shared()
    assert said(officer, card) == [BEFORE, IN_BETWEEN, AFTER]

    changes_to(night, released.for_browsers())
    note(officer, PUT_BACK)
    officer.wait_until_shared()
    assert said(officer, card) == [BEFORE, IN_BETWEEN, AFTER, PUT_BACK]
    assert works_with(officer, ROOT), "a phone does not go back by itself"


def takes_over(phone: Phone) -> None:
    """The page of the last release does not try again where a browser put it off (static/page/update.js): who sees nothing happen loads it again."""
    for _ in range(3):
        with contextlib.suppress(AssertionError):
            return phone.wait_until(lambda: works_with(phone, ROOT), "the new version took over", seconds=10)
        phone.page.reload()
    raise AssertionError("the new version never took over")


def changes_to(night: Night, root: Path) -> None:
    """As an operator does; a database is never put back with the program."""
    night.stop()
    if root == ROOT:
        released.flask(root, night.data, "db", "upgrade")
    night.root = root
    night.start()


def works_with(phone: Phone, root: Path) -> bool:
    """Whether the worker that answers this page was built from there."""
    return phone.page.evaluate(VERSION) in (root / "static/build/worker.js").read_text()


VERSION = """() => new Promise((resolve) => {
  const {port1, port2} = new MessageChannel();
  port1.onmessage = ({data}) => resolve(JSON.stringify(data));
  setTimeout(() => resolve("a worker that is leaving does not answer"), 2_000);
  navigator.serviceWorker.controller.postMessage({type: "version"}, [port2]);
})"""


def said(phone: Phone, card: str) -> list[str]:
    return [item["body"]["does"] for item in phone.server_json(card)["timeline"] if item["kind"] == "observation.noted"]
