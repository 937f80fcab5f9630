"""Push, on two phones: from a tap on the one to words on the screen of the other, with every page of it closed.

Chromium here reaches no push service of its maker. So the page is given a subscription of the push service of this test, which opens what the server
sends there, and hands it to the real worker as the browser would (CDP, `ServiceWorker.deliverPushMessage`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService
from tests.stories.hands import OFFICER, TRIAGIST, open_card
from tests.stories.phone import Phone
from tests.stories.served import Served

Phones = Callable[..., Phone]

# What the browser's push service would give: the rest of the page, the worker and the server is real.
SUBSCRIBES = """(told) => {
  let held = null;
  const made = () => ({ ...told, toJSON: () => told, unsubscribe: async () => ((held = null), true), options: {} });
  PushManager.prototype.subscribe = async () => (held = made());
  PushManager.prototype.getSubscription = async () => held ?? (sessionStorage.getItem("subscribed") ? made() : null);
  const { subscribe } = PushManager.prototype;
  PushManager.prototype.subscribe = async (...given) => (sessionStorage.setItem("subscribed", "yes"), subscribe(...given));
}"""
# So that a test can tap: what the worker does with a tap is kept by its name.
HEARS_TAPS = """
{
  const listen = self.addEventListener.bind(self);
  self.addEventListener = (name, does) => ((self.heard ??= {})[name] = does, listen(name, does));
}
"""
SHOWN = """() => navigator.serviceWorker.ready.then((ready) => ready.getNotifications()).then((all) => all.map((one) => (
  { title: one.title, body: one.body, tag: one.tag, stays: one.requireInteraction, again: one.renotify, data: one.data })))"""
TAPS = """async ([tag]) => {
  const [notification] = (await self.registration.getNotifications()).filter((one) => one.tag === tag);
  let done;
  self.heard.notificationclick({ notification, waitUntil: (work) => (done = work) });
  await done.catch(() => {});
}"""


@pytest.fixture
def makers() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()


@pytest.fixture
def pushing(server: Served, makers: PushService) -> Served:
    """The server with keys for push, and with a minute of two seconds."""
    server.stop()
    server.settings = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "PUSH_NETWORKS": NETWORKS, "LOOK_EVERY_S": "2"}
    return server.start()


class Pocket:
    """A phone that is pushed to."""

    def __init__(self, phone: Phone, makers: PushService, name: str) -> None:
        self.phone, self.makers, self.name = phone, makers, name
        phone.context.grant_permissions(["notifications"])
        phone.context.add_init_script(f"({SUBSCRIBES})({json.dumps(makers.browser(name).to_json())})")
        self.cdp = phone.context.new_cdp_session(phone.page)
        self.registrations: list[str] = []
        self.cdp.on("ServiceWorker.workerRegistrationUpdated", self.notes)
        self.cdp.send("ServiceWorker.enable")

    def notes(self, told: dict[str, Any]) -> None:
        self.registrations += [one["registrationId"] for one in told["registrations"]]

    def switch_on(self) -> None:
        self.phone.go("/settings").tap("Meldingen instellen")
        self.phone.tap("Zet meldingen aan")
        self.phone.see("Meldingen staan aan op dit toestel.")

    def gets(self, kind: str) -> dict[str, Any]:
        """Waits until the server sent this kind, and hands it to the worker."""
        self.makers.wait_for(lambda: kind in self.makers.kinds(self.name))
        told = [one for one in self.makers.got(self.name) if one["kind"] == kind][-1]
        self.hand_over(told)
        return told

    def hand_over(self, told: dict[str, Any]) -> None:
        self.phone.wait_until(lambda: self.registrations, "the browser names the registration of the worker")
        where = {"origin": self.phone.wire.base, "registrationId": self.registrations[-1], "data": json.dumps(told)}
        self.cdp.send("ServiceWorker.deliverPushMessage", where)

    def shows(self, tag: str) -> dict[str, Any]:
        """What the screen of the phone shows under this tag. Looked up from a page of ours that is no page of Motorkap's screens."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [one for one in self.phone.page.evaluate(SHOWN) if one["tag"] == tag]
            return bool(found)

        self.phone.wait_until(there, f"a notice {tag}", 15)
        return found[0]


@pytest.fixture
def triagist(phone: Phones, pushing: Served, makers: PushService) -> Pocket:
    one = phone(TRIAGIST, signed_in=False)
    one.wire.ears = HEARS_TAPS + one.wire.ears
    one.sign_in()
    pocket = Pocket(one, makers, "triagist")
    pocket.switch_on()
    return pocket


def badge(pocket: Pocket) -> Any:
    """The cards that the badge counts."""
    return pocket.phone.page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("motorkap");
          opening.onsuccess = () => {
            const asked = opening.result.transaction("device").objectStore("device").get("unseen");
            asked.onsuccess = () => (opening.result.close(), resolve(asked.result ?? []));
          };
        })"""
    )


def test_a_question_is_heard_with_the_phone_in_a_pocket_and_a_tap_opens_the_card_where_it_is(triagist: Pocket, phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    asked = officer.hand_in(card, "service.requested", service="crisisdienst", **{"for": "assessment"}, note="Hij heet Jan")
    told = triagist.gets("requested")
    assert told == {"v": 1, "card": card, "kind": "requested", "entry": asked}
    shown = triagist.shows(f"{card} requested")
    assert shown["title"] == "Nieuwe vraag voor uw dienst"
    assert shown["body"] == "Beoordeling · Politie Basisteam Noord · Kruispunt"
    assert shown["stays"]
    assert badge(triagist) == [card]
    triagist.phone.worker.evaluate(TAPS, [f"{card} requested"])
    triagist.phone.page.wait_for_url(f"**/cards/{card}#section-waiting")
    triagist.phone.see("Hij heet Jan")
    expect(triagist.phone.page.locator("#section-waiting")).to_be_in_viewport()
    triagist.phone.wait_until(lambda: badge(triagist) == [], "what was seen counts no more")
    assert triagist.phone.page.evaluate(SHOWN) == []
