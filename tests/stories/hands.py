"""What hands do in several stories: opening a card, filling in a form, writing fast, and pulling out the battery."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from playwright.sync_api import Playwright

from tests.stories import complaints
from tests.stories.phone import ARGUMENTS, SIZE, Phone, chromium_path
from tests.stories.wire import Wire

OFFICER = "agent@noord.example"
OTHER_OFFICER = "agent2@noord.example"
TRIAGIST = "triagist@crisisdienst.example"
LEAD = "teamlead@noord.example"

# Posts forms to the worker one after another, as fast as it answers, and remembers which were answered well.
WRITES = """([card, ids]) => {
  window.answered = [];
  window.done = (async () => {
    for (const id of ids) {
      const body = new URLSearchParams({ kind: "observation.noted", id, does: `Stap ${id}` });
      try {
        const reply = await fetch(`/cards/${card}/entries`, { method: "POST", body, headers: { "HX-Request": "true" } });
        if (reply.ok) window.answered.push(id);
      } catch { /* a worker that was ended in the middle: not answered, so not promised */ }
    }
    window.finished = true;
  })();
}"""

# Every database with every store, and every cached answer, as one text.
KEPT = """async () => {
  const told = [];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of [...db.objectStoreNames]) {
      const tx = db.transaction(store);
      for (const what of ["getAllKeys", "getAll"]) {
        const asked = tx.objectStore(store)[what]();
        told.push(await new Promise((resolve) => (asked.onsuccess = () => resolve(JSON.stringify(asked.result)))));
      }
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) told.push(request.url, await (await cache.match(request)).text());
  }
  told.push(JSON.stringify(localStorage), JSON.stringify(sessionStorage));
  return told.join("\\n");
}"""


def ids(number: int) -> list[str]:
    return [f"019a0000-0000-7000-8000-{turn:012x}" for turn in range(number)]


def open_card(phone: Phone) -> str:
    phone.go("/cards/new?context=police_asks&situation=crisis_assessment")
    phone.page.fill("[name=place]", "Kruispunt")
    with phone.page.expect_navigation():
        phone.page.locator("main form button").last.click()
    return phone.card


def invite(phone: Phone, card: str, organisation: str) -> None:
    """Puts an organisation on a card, by the page of people."""
    phone.go(f"/cards/{card}/people")
    phone.write(phone.page.locator(f"form:has(input[value={organisation}]) button").first)


def own_browser(playwright: Playwright, folder: Path, wire: Wire, account: str) -> Phone:
    """A phone in a browser of its own, with a folder that outlives it."""
    context = playwright.chromium.launch_persistent_context(str(folder), executable_path=chromium_path(), args=ARGUMENTS, viewport=SIZE)
    complaints.listen(context)
    return Phone(context, wire, account)


def kill_browser(folder: Path) -> None:
    """SIGKILL to every process of the browser on this folder: no time to write anything more. Done when none is left."""
    deadline = time.monotonic() + 20
    while processes := on_folder(folder):
        assert time.monotonic() < deadline, f"{processes} do not end"
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


def on_folder(folder: Path) -> list[int]:
    """The processes that were begun with this folder and still run; one that has ended has no command line any more."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def fill_in(phone: Phone, section: str, link: str, fields: dict[str, str], choices: dict[str, str] | None = None) -> None:
    """Opens the form that a link of a section leads to, fills it in and puts it on the card; the sheet closes when it was taken."""
    phone.page.locator(f"#section-{section} a[hx-get*='{link}']").first.click()
    marked = {name: value for name, value in (choices or {}).items() if name != "release"}
    for name, value in marked.items():
        phone.page.locator(f"#form label:has(input[name='{name}'][value='{value}'])").click()
    for name, text in fields.items():
        field = phone.page.locator(f"#form [name='{name}']").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    release = (choices or {}).get("release")
    phone.page.locator(f"#form .form-send button{f'[value={release}]' if release else ''}").first.click()
    phone.wait_until(lambda: phone.page.evaluate("!document.querySelector('#form form')"), f"{link} is on the card")


def note(phone: Phone, does: str) -> None:
    """Writes down what somebody does, on the card in sight; it stands there."""
    fill_in(phone, "observation", "observation.noted", {"does": does})
    phone.page.locator("#section-observation").get_by_text(does, exact=True).wait_for()
