"""The phone's figures, on the browser's own clock: from the tap to the painted frame, a cold start without a server, and what a first visit weighs.

"4x" slows the page's thread four times (Chrome DevTools Protocol, Emulation.setCPUThrottlingRate); a worker's thread cannot be slowed that way.
Without a network means: the wire between this phone and the server is cut. The server has one core; the browser may use all of them, as a phone does.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import sync_playwright

from bench.fold import log
from bench.served import Pinned, pin
from bench.table import Figure, percentile
from tests.stories.phone import ARGUMENTS, Phone, chromium_path, new_context
from tests.stories.wire import Wire

OFFICER = "agent@noord.example"
TAPS = 40

# Resolves with the milliseconds from a tap on the form's button until the frame after the section has changed.
TAP = """(section) => new Promise((resolve) => {
  const button = document.querySelector("#form form .form-send button");
  const place = document.getElementById(section);
  let begin = 0;
  button.addEventListener("click", (event) => (begin = event.timeStamp), { once: true, capture: true });
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - begin);
      port2.postMessage(0);
    });
  });
  seen.observe(place, { childList: true, subtree: true, characterData: true, attributes: true });
  button.click();
})"""


def figures() -> Iterator[Figure]:
    with Pinned(core=0) as served, sync_playwright() as play:
        pin(0, set(range(os.cpu_count() or 1)))
        browser = play.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        wire = CountingWire(served.port)
        phone = Phone(new_context(browser), wire, OFFICER)
        phone.sign_in()
        phone.page.wait_for_timeout(1500)
        yield Figure("first visit: sign in, first screen, worker and all it keeps", wire.down / 1024, 150, "KiB")
        yield from taps(phone)
        yield from cold_start(phone)
        yield from opening(phone)


class CountingWire(Wire):
    """A wire that counts what comes down it, headers and all, as sent (compressed), and adds nothing."""

    down = 0

    def __init__(self, server_port: int) -> None:
        super().__init__(server_port)
        self.ears = ""

    def _down(self, server: Any, client: Any) -> None:
        with contextlib.suppress(OSError):
            while chunk := server.recv(65536):
                self.down += len(chunk)
                client.sendall(chunk)
        client.close()


def taps(phone: Phone) -> Iterator[Figure]:
    """A card as it is after half an hour: 30 entries; each tap judges a risk anew."""
    open_card(phone)
    for turn in range(28):
        phone.hand_in(phone.card, "observation.noted", does=f"Loopt heen en weer, {turn}")
    for online in (True, False):
        if not online:
            phone.cut()
        for rate in (1, 4):
            with slowed(phone, rate):
                times = [tap(phone, turn) for turn in range(TAPS)][5:]
            name = f"tap to painted, CPU {rate}x, {'online' if online else 'offline'}"
            yield Figure(f"{name}: median", percentile(times, 0.5))
            yield Figure(f"{name}: 95th", percentile(times, 0.95), 50 if rate == 4 else None)
    phone.mend()
    phone.wait_until_shared()


def tap(phone: Phone, turn: int) -> float:
    page = phone.page
    page.locator("#section-risk a[hx-get*='for=client']").click()
    page.locator(f"#form input[name=level][value={('low', 'middle', 'high')[turn % 3]}]").check(force=True)
    took = float(page.evaluate(TAP, "section-risk"))
    phone.wait_until(lambda: page.evaluate("!document.querySelector('#form form')"), "the form is put away")
    return took


def opening(phone: Phone) -> Iterator[Figure]:
    """A card that is on the phone: tapped in the list, and straight from nothing (the worker was not running). Until it is painted."""
    for size in (10, 100, 1_000, 10_000):
        card = long_card(phone, size)
        for rate in (1, 4):
            with slowed(phone, rate):
                listed = [from_the_list(phone, card) for _ in range(5)]
                straight = [from_nothing(phone, card) for _ in range(5)]
            target = 200 if (size, rate) == (10_000, 4) else None
            yield Figure(f"open a card of {size:,} entries from the list, CPU {rate}x", percentile(listed, 0.5), target)
            yield Figure(f"open a card of {size:,} entries, worker not running, CPU {rate}x", percentile(straight, 0.5))


def from_the_list(phone: Phone, card: str) -> float:
    phone.stop_worker()
    phone.go("/")
    with phone.page.expect_navigation():
        phone.page.evaluate("(card) => document.querySelector(`a[href='/cards/${card}']`).click()", card)
    return painted(phone)


def from_nothing(phone: Phone, card: str) -> float:
    phone.stop_worker()
    phone.go(f"/cards/{card}")
    return painted(phone)


def painted(phone: Phone) -> float:
    first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    phone.wait_until(lambda: phone.page.evaluate(first), "something is painted")
    return float(phone.page.evaluate(first))


def long_card(phone: Phone, size: int) -> str:
    """A card of that many entries, handed in at the server and fetched by the worker as any other."""
    card = open_card(phone)
    entries = [{**entry, "card": card, "by": phone.me["person"], "org": "noord", "device": phone.me["device"]} for entry in log(size)[1:]]
    for start in range(0, len(entries), 400):
        refused = phone.page.evaluate(HAND_IN, [phone.me["epoch"], card, entries[start : start + 400]])
        assert not refused, refused
    phone.wait_until(lambda: phone.share() is not None and len(phone.entries(card)) >= size, f"{size} entries on the phone", 60)
    return card


HAND_IN = """([epoch, card, entries]) => fetch("/sync", {
  method: "POST",
  headers: {"Content-Type": "application/json"},
  body: JSON.stringify({epoch, have: {[card]: 1e9}, entries: entries.map(({seq, ...entry}) => entry)}),
}).then((reply) => reply.json()).then((answer) => Object.values(answer.rejected)[0])"""


def open_card(phone: Phone) -> str:
    phone.go("/cards/new?context=police_asks&situation=crisis_assessment")
    phone.page.fill("[name=place]", "Kruispunt Stationsweg")
    phone.page.locator("form button").last.click()
    phone.page.wait_for_url("**/cards/0*")
    return phone.card


def cold_start(phone: Phone) -> Iterator[Figure]:
    """From the home screen, no server, no worker running: until the list of cards is painted."""
    phone.cut()
    for rate in (1, 4):
        times = []
        for _ in range(6):
            phone.page.goto("about:blank")
            phone.stop_worker()
            with slowed(phone, rate):
                phone.go("/")
                times.append(painted(phone))
        yield Figure(f"cold start offline, CPU {rate}x", percentile(times, 0.5), 1000 if rate == 4 else None)
    phone.mend()


@contextlib.contextmanager
def slowed(phone: Phone, rate: int) -> Iterator[None]:
    """Both the page and, where the browser lets us, its worker."""
    page = phone.context.new_cdp_session(phone.page)
    page.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    try:
        yield
    finally:
        page.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        page.detach()
