"""A pocket: a phone that is pushed to, with its pages closed or open.

Chromium here reaches no push service of its maker. So the page is given a subscription of the push service of the test, which opens what the server
sends there, and hands it to the real worker as the browser would (CDP, `ServiceWorker.deliverPushMessage`).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.push_service import PushService
from tests.stories.phone import Phone

# What the browser's push service would give: the rest of the page, the worker and the server is real.
SUBSCRIBES = """(told) => {
  let held = null;
  const made = () => ({ ...told, toJSON: () => told, unsubscribe: async () => ((held = null), true), options: {} });
  PushManager.prototype.subscribe = async () => (held = made());
  PushManager.prototype.getSubscription = async () => held ?? (sessionStorage.getItem("subscribed") ? made() : null);
  const { subscribe } = PushManager.prototype;
  PushManager.prototype.subscribe = async (...given) => (sessionStorage.setItem("subscribed", "yes"), subscribe(...given));
}"""
# So that a test can tap: what the worker does with a tap is kept by its name. And so that it knows whether a push came to the worker.
HEARS_TAPS = """
{
  const listen = self.addEventListener.bind(self);
  self.addEventListener = (name, does) => ((self.heard ??= {})[name] = does, listen(name, does));
  self.pushes = 0;
  listen("push", () => (self.pushes += 1));
}
"""
SHOWN = """() => navigator.serviceWorker.ready.then((ready) => ready.getNotifications()).then((all) => all.map((one) => (
  { title: one.title, body: one.body, tag: one.tag, stays: one.requireInteraction, again: one.renotify, icon: one.icon, data: one.data })))"""
TAPS = """async ([tag]) => {
  const [notification] = (await self.registration.getNotifications()).filter((one) => one.tag === tag);
  let done;
  self.heard.notificationclick({ notification, waitUntil: (work) => (done = work) });
  await done.catch(() => {});
}"""
COUNTED = """() => new Promise((resolve) => {
  const opening = indexedDB.open("motorkap");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("device").objectStore("device").get("unseen");
    asked.onsuccess = () => (opening.result.close(), resolve(asked.result ?? []));
  };
})"""


class Pocket:
    """A phone that is pushed to."""

    def __init__(self, phone: Phone, makers: PushService, name: str) -> None:
        self.phone, self.makers, self.name = phone, makers, name
        phone.context.grant_permissions(["notifications"])
        phone.context.add_init_script(f"({SUBSCRIBES})({json.dumps(makers.browser(name).to_json())})")
        self.cdp = phone.context.new_cdp_session(phone.page)
        self.registrations: list[str] = []
        self.had: Counter[str] = Counter()
        self.cdp.on("ServiceWorker.workerRegistrationUpdated", self.notes)
        self.cdp.send("ServiceWorker.enable")

    def notes(self, told: dict[str, Any]) -> None:
        self.registrations += [one["registrationId"] for one in told["registrations"]]

    def switch_on(self) -> None:
        self.phone.go("/settings").tap("Meldingen instellen")
        self.phone.tap("Zet meldingen aan")
        self.phone.see("Meldingen staan aan op dit toestel.")

    def gets(self, kind: str) -> dict[str, Any]:
        """Waits until the server sent one of this kind that was not handed over yet, and hands it to the worker."""
        self.makers.wait_for(lambda: self.makers.kinds(self.name).count(kind) > self.had[kind])
        told = [one for one in self.makers.got(self.name) if one["kind"] == kind][self.had[kind]]
        self.had[kind] += 1
        self.hand_over(told)
        return told

    def hand_over(self, told: dict[str, Any]) -> None:
        self.phone.wait_until(lambda: self.registrations, "the browser names the registration of the worker")
        where = {"origin": self.phone.wire.base, "registrationId": self.registrations[-1], "data": json.dumps(told)}
        before = self.phone.worker.evaluate("self.pushes")
        self.cdp.send("ServiceWorker.deliverPushMessage", where)
        self.phone.wait_until(lambda: self.phone.worker.evaluate("self.pushes") > before, "the browser hands over what was pushed")

    def never_gets(self, kind: str) -> None:
        """Nothing of this kind was sent so far; to be asked once something that was written later has come."""
        assert kind not in self.makers.kinds(self.name)

    def shows(self, tag: str) -> dict[str, Any]:
        """What the screen of the phone shows under this tag. Looked up from a page of ours that is no page of Motorkap's screens."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [one for one in self.phone.page.evaluate(SHOWN) if one["tag"] == tag]
            return bool(found)

        self.phone.wait_until(there, f"a notice {tag}", 15)
        return found[0]

    def taps(self, tag: str) -> None:
        """On a notice that the screen of the phone shows."""
        self.phone.worker.evaluate(TAPS, [tag])

    def opens(self, kind: str, card: str, section: str = "") -> dict[str, Any]:
        """A notice of this kind comes, is shown, and a tap on it opens the card where one looks first. What was sent names nothing else."""
        told = self.gets(kind)
        assert set(told) == {"v", "card", "kind", "entry"}
        assert told["card"] == card
        shown = self.shows(f"{card} {kind}")
        self.taps(shown["tag"])
        self.phone.page.wait_for_url(f"**/cards/{card}{section and f'#section-{section}'}")
        self.phone.page.locator("#section-header").wait_for()
        return shown

    @property
    def counted(self) -> Any:
        """The cards that the badge counts."""
        return self.phone.page.evaluate(COUNTED)
