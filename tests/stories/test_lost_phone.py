"""A lost phone: revoked by a colleague it hands over what it had and erases itself; without contact it locks, and later erases what is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.stories import complaints
from tests.stories.hands import KEPT, LEAD, OFFICER, OTHER_OFFICER, TRIAGIST, note, open_card
from tests.stories.phone import Phone
from tests.stories.test_lock import SHARE

Phones = Callable[..., Phone]
ADMIN = "admin@noord.example"
HOUR = 3_600_000

LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({name}) => name),
  caches: await caches.keys(),
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"databases": [], "caches": [], "local": [], "session": [], "workers": 0}
UPTO = """(person) => new Promise((resolve, reject) => {
  const opening = indexedDB.open(`motorkap-${person}`);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const asked = db.transaction("meta").objectStore("meta").getAllKeys();
    asked.onsuccess = () => { db.close(); resolve(asked.result); };
  };
})"""


@pytest.fixture(autouse=True)
def wiped(calm: None) -> Iterator[None]:
    """Here everything of an origin is taken away under whatever its worker reads at that moment; the browser then ends that reading."""
    yield
    complaints.pardon(r"^worker: unhandled: AbortError: AbortError$")


def left(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = phone.page.evaluate(LEFT)
    return found


def report_lost(reporter: Phone, whose: str) -> None:
    """As a colleague does it who was called from the scene: by name, on the phone."""
    reporter.go("/settings")
    reporter.tap("Telefoon van een collega kwijt")
    reporter.page.fill("[name=q]", whose)
    reporter.tap("Zoeken")
    reporter.page.locator(".way", has_text=whose).first.click()
    reporter.tap("Meld af en laat wissen")
    reporter.see("Het toestel is afgemeld")


def is_on_sign_in(page: Page) -> bool:
    return urlsplit(page.url).path == "/login"


def test_a_phone_that_a_colleague_reports_lost_erases_itself_while_it_is_on(phone: Phones) -> None:
    lost, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    open_card(lost)
    lost.wait_until_shared()
    lost.page.locator("#section-observation a[hx-get*='observation.noted']").first.click()
    lost.page.fill("#form [name=says]", "Half getypt")
    lost.wait_until(lambda: lost.kept()["drafts"], "a draft is kept while somebody types")
    assert left(lost)["caches"]
    report_lost(colleague, "Agent Basisteam Noord")
    lost.page.wait_for_url("**/login", timeout=20_000)
    lost.see("Dit toestel is afgemeld")
    lost.wait_until(lambda: left(lost) == NOTHING, "nothing of Motorkap is left", 20)
    lost.page.wait_for_timeout(3_000)
    assert left(lost) == NOTHING, "and nothing comes back by itself"


def test_what_a_lost_phone_had_not_shared_waits_for_the_lead_and_the_phone_is_empty(phone: Phones) -> None:
    lost, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    card = open_card(lost)
    lost.wait_until_shared()
    lost.cut()
    note(lost, "Gezien in het trappenhuis")
    note(lost, "Loopt naar de brug")
    report_lost(colleague, "Agent Basisteam Noord")
    assert lost.unsent() == 2
    lost.mend()
    lost.page.evaluate(SHARE)
    lost.wait_until(lambda: is_on_sign_in(lost.page), "the phone shows the way to sign in", 20)
    lost.wait_until(lambda: left(lost) == NOTHING, "nothing of Motorkap is left", 20)

    lead = phone(LEAD)
    lead.go("/settings").tap("Apart gezet")
    lead.see("Gezien in het trappenhuis")
    lead.tap("Zet alle 2 op de kaart")
    lead.see("Er staat niets apart.")
    colleague.go(f"/cards/{card}")
    colleague.see("Gezien in het trappenhuis")
    colleague.see("Loopt naar de brug")

    lost.sign_in()
    assert lost.page.url.endswith("/devices"), "its person sees at once what was done"
    lost.see("Gemeld als kwijt")
    lost.go(f"/cards/{card}").see("Loopt naar de brug")
    note(lost, "Weer op dienst")
    lost.wait_until_shared()


def off(phone: Phone) -> None:
    """In a pocket: no page is open, the browser ended the worker, and there is no network."""
    phone.page.goto("about:blank")
    phone.cut()


def by_its_owner(phone: Phones, lost: Phone) -> None:
    """On the laptop at the station: signed out there."""
    own = phone(OFFICER)
    own.go("/devices")
    own.page.locator(f"form[action$='/{lost.me['device']}/sign-out'] button").click()
    own.see("Op een ander toestel afgemeld")


def by_the_administrator(phone: Phones, lost: Phone) -> None:
    """No longer of this organisation."""
    admin = phone(ADMIN)
    admin.go(f"/people/{lost.me['person']}")
    admin.page.locator("details:has(form[action$='/deactivate']) summary").click()
    with admin.page.expect_navigation():
        admin.page.locator("form[action$='/deactivate'] button").click()


@pytest.mark.parametrize("revoke", [by_its_owner, by_the_administrator])
def test_a_phone_that_was_off_when_it_was_revoked_is_empty_after_its_next_contact(phone: Phones, revoke: Callable[[Phones, Phone], None]) -> None:
    lost = phone(OFFICER)
    card = open_card(lost)
    note(lost, "Gezien in het trappenhuis")
    lost.wait_until_shared()
    assert "Gezien in het trappenhuis" in str(lost.kept()["entries"]), "it is on the phone, and who has its key reads it"
    off(lost)
    revoke(phone, lost)
    lost.mend()
    lost.go(f"/cards/{card}")
    lost.wait_until(lambda: is_on_sign_in(lost.page), "the phone shows the way to sign in", 20)
    lost.wait_until(lambda: left(lost) == NOTHING, "nothing of Motorkap is left", 20)
    assert "trappenhuis" not in lost.page.evaluate(KEPT)
    lost.go(f"/cards/{card}")
    assert "/login" in lost.page.url, "and what its cookie names is nobody"
    assert left(lost)["databases"] == []


def test_what_another_who_uses_the_phone_has_unsent_stays(phone: Phones) -> None:
    shared = phone(TRIAGIST)
    card = open_card(shared)
    shared.wait_until_shared()
    shared.context.clear_cookies()
    note(shared, "Van de triagist")
    triagist, shared.account = shared.me["person"], OFFICER
    shared.sign_in()
    open_card(shared)
    shared.wait_until_shared()
    report_lost(phone(OTHER_OFFICER), "Agent Basisteam Noord")
    shared.page.wait_for_url("**/login", timeout=20_000)
    shared.wait_until(lambda: f"motorkap-{shared.me['person']}" not in left(shared)["databases"], "the officer's log is gone", 20)
    assert f"motorkap-{triagist}" in left(shared)["databases"]
    shared.account = TRIAGIST
    shared.sign_in()
    shared.wait_until_shared()
    shared.go(f"/cards/{card}").see("Van de triagist")


def test_an_expired_session_erases_nothing(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.context.clear_cookies()
    officer.share()
    officer.go(f"/cards/{card}")
    officer.see("Kruispunt")
    assert len(officer.entries(card)) == 2


def set_clock(phone: Phone, hours: float) -> None:
    phone.worker.evaluate(f"self.shift = {int(hours * HOUR)}")


def test_a_phone_without_contact_locks_and_later_erases_only_what_was_shared(phone: Phones) -> None:
    officer = phone(OFFICER, ahead_ms=1)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.cut()
    note(officer, "Alleen op dit toestel")
    shared = [entry["id"] for entry in officer.entries(card) if "seq" in entry]
    assert shared

    set_clock(officer, 71)
    officer.go(f"/cards/{card}").see("Kruispunt")
    set_clock(officer, 73)
    for path in (f"/cards/{card}", "/", "/unsent", "/settings", f"/cards/{card}/bonnet"):
        officer.go(path)
        expect(officer.page.get_by_role("heading", name="Vergrendeld")).to_be_visible()
        assert "Kruispunt" not in officer.page.content()
    set_clock(officer, -1000)
    officer.go(f"/cards/{card}")
    expect(officer.page.get_by_role("heading", name="Vergrendeld")).to_be_visible()
    assert len(officer.entries(card)) == len(shared) + 1, "locking erases nothing"

    set_clock(officer, -1000 + 14 * 24 - 73)
    officer.go("/")
    expect(officer.page.get_by_role("heading", name="Gewist en vergrendeld")).to_be_visible()
    [kept] = officer.entries(card)
    assert kept["body"] == {"does": "Alleen op dit toestel"}
    assert officer.unsent() == 1
    assert officer.page.evaluate(UPTO, officer.me["person"]) == ["hlc", "sealed", "state", "turn"]

    set_clock(officer, 0)
    officer.mend()
    officer.tap("Opnieuw proberen")
    officer.see("Kruispunt")
    officer.wait_until_shared()
    officer.go(f"/cards/{card}").see("Alleen op dit toestel")
    assert {item["id"] for item in officer.server_json(card)["timeline"]} == {*shared, kept["id"]}


def test_a_phone_that_was_away_too_long_holds_no_word_of_any_card(phone: Phones) -> None:
    """Every database and every cache is read through; the program itself stays, so that the phone can say what happened."""
    officer = phone(OFFICER, ahead_ms=1)
    open_card(officer)
    note(officer, "Gezien in het trappenhuis")
    officer.wait_until_shared()
    assert "trappenhuis" in str(officer.kept()["entries"])
    officer.cut()
    set_clock(officer, 14 * 24 + 1)
    officer.go("/")
    expect(officer.page.get_by_role("heading", name="Gewist en vergrendeld")).to_be_visible()
    kept = officer.page.evaluate(KEPT)
    assert not [words for words in ("trappenhuis", "Kruispunt", "observation.noted") if words in kept]
    opened = officer.kept()
    assert {name: opened[name] for name in ("entries", "outbox", "rejected")} == {"entries": [], "outbox": [], "rejected": []}
    assert "trappenhuis" not in str(opened)


def test_a_phone_that_locks_while_a_card_is_open_shows_it_no_longer_and_contact_opens_it(phone: Phones) -> None:
    officer = phone(OFFICER, ahead_ms=1)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.cut()
    set_clock(officer, 80)
    officer.page.evaluate(SHARE)
    expect(officer.page.get_by_role("heading", name="Vergrendeld")).to_be_visible()
    officer.mend()
    officer.page.evaluate(SHARE)
    expect(officer.page.locator("[data-card]")).to_be_visible()
    assert officer.card == card
