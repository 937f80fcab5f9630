"""A phone in the hand of somebody: a browser of 360 by 800 with a wire of its own, and thumbs that know the Dutch screens."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Worker, expect

from tests.stories import complaints, sealed
from tests.stories.wire import Wire

PASSWORD = "motorkap-demo"
SIZE = {"width": 360, "height": 800}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Phone:
    def __init__(self, context: BrowserContext, wire: Wire, account: str) -> None:
        self.context, self.wire, self.account = context, wire, account
        self.me: dict[str, Any] = {}
        self.pin = ""
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.set_default_timeout(15_000)

    # signing in and the worker

    def sign_in(self) -> Phone:
        self.enter()
        self.wait_until(lambda: self._is_local("/"), "the worker answers for this phone")
        return self

    def enter(self) -> None:
        """Signs in; whether the phone then keeps cards is another matter (tests/stories/test_lock.py)."""
        self.go("/login")
        self.page.fill("input[name=email]", self.account)
        self.page.fill("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("form:has(input[name=password]) button").first.click()
        self.wait_for_worker()
        self.me = self.page.evaluate("fetch('/me.json').then((reply) => reply.json())")

    def _is_local(self, path: str) -> bool:
        return bool(self.page.evaluate("(path) => fetch(path).then((reply) => reply.headers.get('x-motorkap') === 'phone')", path))

    def wait_for_worker(self) -> None:
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    @property
    def worker(self) -> Worker:
        return self.context.service_workers[-1]

    def stop_worker(self) -> None:
        """Ends the worker as a browser does at any moment; the next request starts it again."""
        session = self.context.new_cdp_session(self.page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def look_for_update(self) -> None:
        """As the browser does by itself from time to time: whether the server has another worker."""
        self.page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")

    # the network

    def cut(self) -> None:
        self.wire.cut()

    def mend(self) -> None:
        self.wire.mend()

    @contextlib.contextmanager
    def without_network(self) -> Iterator[None]:
        self.cut()
        try:
            yield
        finally:
            self.mend()

    # looking and tapping

    def go(self, path: str) -> Phone:
        """As somebody who taps again: a page may go elsewhere by itself at that very moment (it locked, opened or heard that it was revoked)."""
        try:
            self.page.goto(self.wire.base + path)
        except Error as problem:
            if not re.search(r"ERR_ABORTED|interrupted by another navigation", problem.message):
                raise
            self.page.wait_for_load_state()
            self.page.goto(self.wire.base + path)
        return self

    def see(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def shows(self) -> str:
        """What somebody who looks over the shoulder reads."""
        try:
            read = self.page.locator("body").inner_text(timeout=3_000)
        except Error as problem:
            read = problem.message
        return f"--- {self.account} at {self.page.url}\n{read}\n"

    def tap(self, name: str, within: str = "body") -> None:
        place = self.page.locator(within)
        place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first.click()

    def write(self, button: Locator) -> None:
        """A tap that puts something on a card. Answered it is on the phone: not before that can it be shared, or the page be left."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()

    @property
    def card(self) -> str:
        found = re.search(r"/cards/([0-9a-f-]{36})", self.page.url)
        assert found, self.page.url
        return found.group(1)

    # what is kept on the phone

    def kept(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate(sealed.OPENED, [self.me["person"], self.pin])
        return answer

    def entries(self, card: str) -> list[dict[str, Any]]:
        return [entry for entry in self.kept()["entries"] if entry["card"] == card]

    def unsent(self) -> int:
        return len(self.kept()["outbox"])

    def share(self) -> Any:
        """Asks the worker to share now, and waits for how that went."""
        return self.page.evaluate(
            """() => new Promise(async (resolve) => {
              const {port1, port2} = new MessageChannel();
              port1.onmessage = ({data}) => resolve(data);
              setTimeout(() => resolve(null), 20_000);
              (await navigator.serviceWorker.ready).active.postMessage({type: "share", reason: "asked"}, [port2]);
            })"""
        )

    def wait_until(self, condition: Callable[[], Any], what: str, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not self._holds(condition):
            assert time.monotonic() < deadline, f"{self.account}: {what} did not happen in {seconds} s"
            self.page.wait_for_timeout(50)

    @staticmethod
    def _holds(condition: Callable[[], Any]) -> Any:
        """A page that goes elsewhere by itself while it is asked (it locks, it is erased, its worker leaves) says nothing: it is asked again."""
        try:
            return condition()
        except Error as problem:
            if "Execution context was destroyed" not in problem.message:
                raise
            return False

    def wait_until_shared(self) -> None:
        """Whoever asks while a round is failing hears of that one, and the next comes after a pause: so it is asked again."""
        self.wait_until(lambda: self.share() and self.unsent() == 0, "everything shared")

    def server_json(self, card: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate("(card) => fetch(`/cards/${card}.json`).then((reply) => reply.json())", card)
        return answer

    def hand_in(self, card: str, kind: str, **body: Any) -> str:
        """An entry of a kind that has no screen yet, made on this phone and handed in as its worker would."""
        made: str = self.page.evaluate(HAND_IN, [card, kind, body, self.me])
        return made

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.context.close()
        self.wire.close()


HAND_IN = """async ([card, kind, body, me]) => {
  const ms = Date.now();
  const hex = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = ms.toString(16).padStart(12, "0");
  const rest = hex(10);
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
  const at = `${String(ms).padStart(13, "0")}-0000-${me.device.slice(0, 8)}`;
  const entry = {id, card, kind, at, by: me.person, org: me.org, device: me.device, audience: "all", supersedes: [], body};
  const reply = await fetch("/sync", {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({epoch: me.epoch, have: {[card]: 1e9}, entries: [entry]}),
  });
  const answer = await reply.json();
  if (!(id in (answer.accepted ?? {}))) throw new Error(JSON.stringify(answer));
  return id;
}"""


def new_context(browser: Browser, **more: Any) -> BrowserContext:
    context = browser.new_context(
        viewport=SIZE, device_scale_factor=2, is_mobile=True, has_touch=True, locale="nl-NL", timezone_id="Europe/Amsterdam", **more
    )
    complaints.listen(context)
    return context


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def chromium_path() -> str:
    for candidate in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"):
        if Path(candidate).exists():
            return candidate
    raise AssertionError("no Chromium: see scripts/find_chromium.sh")
