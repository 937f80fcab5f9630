"""The lock of a phone: what lies on its disk says nothing to who finds it, a PIN opens it, and a forgotten PIN costs nothing that was not shared."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.stories import sealed
from tests.stories.hands import OFFICER, TRIAGIST, note, open_card
from tests.stories.phone import PASSWORD, Phone
from tests.stories.test_looks import Looker
from tests.stories.test_passkeys import with_lock

Phones = Callable[..., Phone]
ADMIN = "admin@noord.example"
PIN = "739214"
MINUTE = 60_000
LOCKED = "Motorkap is vergrendeld"
# Asks to share and does not wait: the page goes away when the phone locks or erases itself.
SHARE = "navigator.serviceWorker.controller.postMessage({type: 'share', reason: 'asked'})"


def dump(phone: Phone) -> str:
    said: str = phone.page.evaluate(sealed.DUMP)
    return said


def choose_pin(phone: Phone, pin: str = PIN) -> None:
    phone.go("/settings")
    phone.tap("Stel een pincode in")
    phone.page.fill("[name=pin]", pin)
    phone.page.fill("[name=again]", pin)
    phone.tap("Bewaar pincode")
    phone.see("Vergrendel nu")
    phone.pin = pin


def lock_now(phone: Phone) -> None:
    phone.go("/settings").tap("Vergrendel nu")
    phone.see(LOCKED)


def unlock(phone: Phone, pin: str = PIN) -> None:
    """Types it and sends it: the page that comes says how that went."""
    phone.page.fill("[name=pin]", pin)
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="Ontgrendel", exact=True).click()


def rule(phone: Phones, **choices: bool | str) -> None:
    """The administrator of the officer's organisation says how phones lock."""
    admin = phone(ADMIN)
    admin.go("/organisation/lock")
    for name, chosen in choices.items():
        if isinstance(chosen, str):
            field = admin.page.locator(f"[name={name}]")
            if field.count() > 1:
                admin.page.locator(f"label:has([name={name}][value={chosen}])").click()
            else:
                field.fill(chosen)
        else:
            admin.page.locator(f"[name={name}]").set_checked(chosen, force=True)
    admin.tap("Bewaar")
    admin.see("Bewaard.")


def test_who_dumps_the_disk_of_a_phone_reads_nothing_that_anybody_wrote_and_no_name(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    triagist.go(f"/cards/{card}")
    note(triagist, "Kent haar van vorig jaar")
    triagist.wait_until_shared()
    officer.share()
    officer.cut()
    note(officer, "Roept om haar moeder")
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    officer.page.fill("#form [name=problem]", "Half getypt")
    officer.wait_until(lambda: officer.kept()["drafts"], "the draft is kept")
    said = ["Roept om haar moeder", "Kent haar van vorig jaar", "Half getypt", "Kruispunt"]
    opened = officer.kept()
    assert all(text in str([*opened["entries"], *opened["drafts"]]) for text in said), "the phone itself can read it"
    assert "Triagist GGZ Crisisdienst" in str(opened["meta"])

    found = dump(officer)
    assert card in found, "the dump is not empty"
    assert [text for text in [*said, "Triagist GGZ", "Agent Basisteam", "observation.noted"] if text in found] == []
    assert "key, can be taken out: false" in found
    assert "key, can be taken out: true" not in found


def test_a_pin_locks_the_phone_and_opens_it_where_its_owner_was(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    note_of = "Nog niet gedeeld"
    officer.cut()
    officer.go(f"/cards/{card}")
    note(officer, note_of)
    lock_now(officer)
    for path in (f"/cards/{card}", "/", "/unsent", f"/cards/{card}/bonnet", "/privacy"):
        officer.go(path)
        officer.see(LOCKED)
        assert "Kruispunt" not in officer.page.content()
    officer.see("Nog niet gedeeld: 1.")
    officer.go(f"/cards/{card}")
    unlock(officer, "111222")
    officer.see("Deze pincode klopt niet.")
    unlock(officer)
    officer.see("Kruispunt")
    assert officer.card == card
    officer.see(note_of)
    officer.mend()
    officer.wait_until_shared()


def test_a_phone_of_which_the_browser_was_closed_is_locked(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.page.goto("about:blank")
    officer.stop_worker()
    officer.go(f"/cards/{card}")
    officer.see(LOCKED)
    unlock(officer)
    officer.see("Kruispunt")


def test_a_browser_that_ends_the_worker_between_two_taps_asks_no_pin(phone: Phones) -> None:
    officer = phone(OFFICER)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.go(f"/cards/{card}")
    officer.stop_worker()
    note(officer, "Zit op de stoep")
    officer.see("Kruispunt")


def test_after_minutes_without_a_tap_nothing_is_on_the_screen_any_more_and_what_was_typed_comes_back(phone: Phones) -> None:
    officer = phone(OFFICER, ahead_ms=1)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.go(f"/cards/{card}")
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    officer.page.fill("#form [name=problem]", "Half getypt")
    officer.wait_until(lambda: officer.kept()["drafts"], "the draft is kept")
    officer.worker.evaluate(f"self.shift = {6 * MINUTE}")
    officer.page.evaluate(SHARE)
    officer.see(LOCKED)
    assert "Half getypt" not in dump(officer)
    unlock(officer)
    officer.page.locator("#section-picture a[hx-get*='picture.set']").first.click()
    expect(officer.page.locator("#form [name=problem]")).to_have_value("Half getypt")


def test_wrong_pins_wait_longer_and_a_forgotten_one_costs_nothing_that_was_not_shared(phone: Phones) -> None:
    officer = phone(OFFICER, ahead_ms=1)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.cut()
    officer.go(f"/cards/{card}")
    note(officer, "Alleen op dit toestel")
    lock_now(officer)
    for _ in range(3):
        unlock(officer, "000111")
        officer.see("Deze pincode klopt niet.")
    officer.see("Wacht 30 seconden.")
    unlock(officer)
    officer.see("Deze poging telde niet mee.")
    for turn in range(7):
        officer.worker.evaluate(f"self.shift = {(turn + 1) * 16 * MINUTE}")
        unlock(officer, "000111")
    officer.see("De pincode opent dit toestel niet meer.")
    officer.tap("Meld opnieuw aan")
    officer.see("Opnieuw aanmelden kan alleen met internet.")
    officer.mend()
    officer.tap("Meld opnieuw aan")
    officer.page.fill("input[name=email]", OFFICER)
    officer.page.fill("input[name=password]", PASSWORD)
    officer.page.locator("form:has(input[name=password]) button").first.click()
    officer.see("Kies een pincode")
    officer.page.fill("[name=pin]", "852963")
    officer.page.fill("[name=again]", "852963")
    with officer.page.expect_navigation():
        officer.tap("Bewaar pincode")
    officer.go(f"/cards/{card}").see("Alleen op dit toestel")
    officer.pin = "852963"
    officer.wait_until_shared()
    assert "Alleen op dit toestel" in str(officer.server_json(card))


def is_asked_for_a_pin(phone: Phone) -> bool:
    return phone.go("/").page.get_by_text("Kies een pincode").count() > 0


def test_where_a_pin_is_required_a_phone_keeps_nothing_before_there_is_one(phone: Phones) -> None:
    rule(phone, pin_required="yes", pin_idle_min="7")
    officer = phone(OFFICER, signed_in=False)
    officer.enter()
    officer.wait_until(lambda: is_asked_for_a_pin(officer), "the phone knows who works here, and asks for a PIN")
    officer.see("na 7 minuten")
    with officer.page.expect_navigation():
        officer.tap("Niet nu")
    card = open_card(officer)
    officer.see("Kruispunt")
    assert officer.kept()["entries"] == []
    officer.go("/pin")
    for wrong, said in (("12345", "Ten minste zes cijfers"), ("123456", "als eerste geraden"), ("12345a", "Alleen cijfers")):
        officer.page.fill("[name=pin]", wrong)
        officer.page.fill("[name=again]", wrong)
        officer.tap("Bewaar pincode")
        officer.see(said)
    officer.page.fill("[name=pin]", PIN)
    officer.page.fill("[name=again]", PIN)
    with officer.page.expect_navigation():
        officer.tap("Bewaar pincode")
    officer.pin = PIN
    officer.go(f"/cards/{card}").see("Kruispunt")
    officer.wait_until(lambda: officer.entries(card), "the card is on the phone")


def test_a_locked_phone_raises_an_alarm_where_the_organisation_allows_it(phone: Phones) -> None:
    officer, triagist = phone(OFFICER), phone(TRIAGIST)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.hand_in(card, "card.shared", organisation="crisisdienst")
    choose_pin(officer)
    officer.go(f"/cards/{card}")
    lock_now(officer)
    triagist.go("/settings")
    triagist.page.locator("h1").click()
    hold_alarm(officer)
    officer.see("Het alarm is verstuurd.")
    triagist.page.locator("[data-alarm]").first.wait_for()
    officer.go(f"/cards/{card}")
    officer.cut()
    hold_alarm(officer)
    officer.see("nog niet verstuurd")
    officer.mend()
    triagist.wait_until(lambda: len(triagist.page.locator("[data-alarm]").all()) == 2, "the locked phone tries again by itself", 30)
    officer.see("Het alarm is verstuurd.")
    unlock(officer)
    officer.see("Kruispunt")
    officer.wait_until_shared()
    assert sum(entry["kind"] == "alarm.raised" for entry in officer.entries(card)) == 2


def hold_alarm(phone: Phone) -> None:
    button = phone.page.locator("[data-hold]")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    with phone.page.expect_navigation():
        phone.page.wait_for_timeout(1_700)
    phone.page.mouse.up()


def test_the_bonnet_view_stays_for_reading_only_where_the_organisation_allows_it(phone: Phones) -> None:
    rule(phone, pin_required="no", locked_bonnet=True)
    officer = phone(OFFICER, ahead_ms=1)
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.go(f"/cards/{card}/bonnet")
    officer.worker.evaluate(f"self.shift = {6 * MINUTE}")
    officer.page.evaluate(SHARE)
    officer.see("Vergrendeld. Dit is de stand van toen")
    officer.see("Kruispunt")
    officer.page.wait_for_timeout(500)
    officer.see("Kruispunt")
    officer.tap("Ontgrendel")
    officer.see(LOCKED)


def test_a_locked_phone_that_was_revoked_erases_itself_too(phone: Phones) -> None:
    officer, other = phone(OFFICER), phone("agent2@noord.example")
    card = open_card(officer)
    officer.wait_until_shared()
    choose_pin(officer)
    officer.go(f"/cards/{card}")
    lock_now(officer)
    other.go("/settings")
    other.tap("Telefoon van een collega kwijt")
    other.page.fill("[name=q]", "Agent Basisteam Noord")
    other.tap("Zoeken")
    other.page.locator(".way", has_text="Agent Basisteam Noord").first.click()
    other.tap("Meld af en laat wissen")
    other.see("Het toestel is afgemeld")
    officer.page.evaluate(SHARE)
    officer.page.wait_for_url("**/login", timeout=20_000)
    officer.wait_until(lambda: officer.page.evaluate("indexedDB.databases().then((all) => all.length === 0)"), "nothing is left", 15)


def test_nothing_is_wrong_with_the_screens_of_the_lock(phone: Phones) -> None:
    officer = phone(OFFICER)
    looking = Looker(officer.page)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.go("/pin")
    expect(officer.page.locator("[data-error]")).to_have_count(0)
    looking.looks()
    officer.tap("Bewaar pincode")
    expect(officer.page.locator("[data-error] li")).to_have_count(1)
    looking.looks()
    choose_pin(officer)
    looking.looks()
    officer.go("/pin")
    looking.looks()
    officer.go(f"/cards/{card}")
    lock_now(officer)
    looking.looks()
    for _ in range(3):
        unlock(officer, "000111")
    officer.page.locator("summary").click()
    looking.looks()


def test_a_passkey_of_the_phone_unlocks_it_too_also_without_a_network(phone: Phones) -> None:
    officer = phone(OFFICER)
    lock = with_lock(officer, prf=True)
    card = open_card(officer)
    officer.wait_until_shared()
    officer.go("/me/signing-in").tap("Maak een passkey")
    officer.see("De passkey is gemaakt.")
    choose_pin(officer)
    officer.go("/pin")
    Looker(officer.page).looks()
    officer.page.fill("#field-passkey-pin", "000111")
    officer.tap("Ontgrendel ook met passkey")
    officer.see("Deze pincode klopt niet.")
    officer.page.fill("#field-passkey-pin", PIN)
    officer.tap("Ontgrendel ook met passkey")
    officer.see("Vergrendel nu")

    officer.cut()
    officer.go(f"/cards/{card}")
    lock_now(officer)
    Looker(officer.page).looks()
    officer.go(f"/cards/{card}")
    officer.tap("Ontgrendel met passkey")
    officer.see("Kruispunt")
    assert officer.card == card

    lock_now(officer)
    lock.knows_its_person(False)
    officer.tap("Ontgrendel met passkey")
    officer.see("Dit is afgebroken of lukte niet.")
    unlock(officer)
    officer.go("/pin")
    with officer.page.expect_navigation():
        officer.tap("Alleen nog met de pincode")
    lock_now(officer)
    expect(officer.page.get_by_role("button", name="Ontgrendel met passkey")).to_have_count(0)
    unlock(officer)
    officer.go("/settings").see("Vergrendel nu")


def test_a_phone_that_waits_for_its_first_pin_and_is_revoked_erases_itself_too(phone: Phones) -> None:
    """It takes in nothing before there is a PIN, but it hears whether it may still be here. What it had not shared is handed in first."""
    rule(phone, pin_required="yes")
    officer, other = phone(OFFICER, signed_in=False), phone("agent2@noord.example", signed_in=False)
    for one in (officer, other):
        one.enter()
    officer.wait_until(lambda: is_asked_for_a_pin(officer), "the phone knows who works here, and asks for a PIN")
    other.wait_until(lambda: is_asked_for_a_pin(other), "the other phone asks too")
    with other.page.expect_navigation():
        other.tap("Niet nu")
    other.go(f"/devices/lost/{officer.me['person']}")
    other.tap("Meld af en laat wissen")
    other.see("Het toestel is afgemeld")
    officer.page.wait_for_url("**/login", timeout=20_000)
    officer.see("Dit toestel is afgemeld")
    officer.wait_until(lambda: officer.page.evaluate("indexedDB.databases().then((all) => all.length === 0)"), "nothing is left", 15)
