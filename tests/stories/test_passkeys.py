"""Passkeys in a real browser, with the authenticator that it has for tests (CDP, WebAuthn): a phone with a lock, and its owner or another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.stories.phone import PASSWORD, Phone
from tests.stories.test_looks import Looker, looker  # noqa: F401
from tests.stories.test_people_looks import opened, sent

ADMIN, OFFICER = "admin@noord.example", "agent@noord.example"
PASSKEY = "Aanmelden met passkey"


class Lock:
    """The lock of a phone: it keeps passkeys, and knows its person or does not."""

    def __init__(self, page: Page, prf: bool = False) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True, "hasPrf": prf,
        }  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows_its_person(self, is_so: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": is_so})

    def is_touched(self, by_itself: bool) -> None:
        """Whether a finger comes by itself when the phone begins to wait for one."""
        self.cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": self.id, "enabled": by_itself})

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return found

    def count(self, sign_count: int) -> None:
        """As if a copy of the first passkey was put in this phone, with its count of then."""
        [kept] = self.passkeys()
        self.cdp.send("WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": kept["credentialId"]})
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": {**kept, "signCount": sign_count}})


WITHOUT_FILLING_IN = "PublicKeyCredential.isConditionalMediationAvailable = async () => false; delete PublicKeyCredential.getClientCapabilities"
"""A browser that offers no passkeys in a field: there the button is the way."""
SAYS_THAT_IT_WAITS = """{
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (asked) => ((window.waits ||= asked.mediation === "conditional"), get(asked));
}"""

Lookers = Callable[[str], Looker]


def with_lock(one: Looker | Phone, fills_in: bool = False, prf: bool = False) -> Lock:
    one.page.context.add_init_script(SAYS_THAT_IT_WAITS if fills_in else WITHOUT_FILLING_IN)
    return Lock(one.page, prf)


def tap(one: Looker, name: str) -> None:
    one.page.get_by_role("button", name=name).click()


def makes_passkey(one: Looker) -> None:
    one.page.goto("/me/signing-in")
    tap(one, "Maak een passkey")
    expect(one.page.get_by_text("De passkey is gemaakt.")).to_be_visible()


def signs_out(one: Looker) -> None:
    one.page.goto("/settings")
    tap(one, "Afmelden")
    expect(one.page.get_by_role("button", name=PASSKEY)).to_be_visible()


def is_signed_in(one: Looker) -> bool:
    return bool(one.page.request.get("/me.json").ok)


def test_a_passkey_is_made_used_and_taken_away(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer)
    makes_passkey(officer)
    opened(officer)
    signs_out(officer)
    officer.looks()
    tap(officer, PASSKEY)
    officer.page.wait_for_url("**/")
    assert officer.page.request.get("/me.json").json()["person"] == officer.me["person"]
    assert [one["signCount"] for one in lock.passkeys()] == [2]
    officer.page.goto("/me/signing-in")
    opened(officer)
    officer.page.fill("[id^=field-][name=name]", "Werktelefoon")
    tap(officer, "Bewaar de naam")
    expect(officer.page.get_by_text("Werktelefoon").first).to_be_visible()
    officer.page.locator("summary", has_text="Weghalen").click()
    tap(officer, "Ja, haal weg")
    expect(officer.page.get_by_text("U hebt nog geen passkey.")).to_be_visible()
    officer.looks()
    signs_out(officer)
    tap(officer, PASSKEY)
    expect(officer.page.get_by_role("alert")).to_contain_text("Motorkap kent deze passkey niet")
    officer.looks()
    assert not is_signed_in(officer)
    officer.signs_in(OFFICER)


def test_the_browser_offers_the_passkey_in_the_field_without_a_button(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer, fills_in=True)
    makes_passkey(officer)
    lock.is_touched(False)
    signs_out(officer)
    officer.page.wait_for_function("() => window.waits")
    officer.page.wait_for_timeout(500)
    assert officer.page.url.endswith("/login"), "it waits until somebody chooses"
    lock.is_touched(True)
    officer.page.goto("/login", wait_until="commit")
    officer.page.wait_for_url("**/")
    assert is_signed_in(officer)


def test_the_button_goes_before_what_waits_in_the_field(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer, fills_in=True)
    makes_passkey(officer)
    lock.is_touched(False)
    signs_out(officer)
    officer.page.wait_for_function("() => window.waits")
    officer.page.wait_for_timeout(500)
    lock.is_touched(True)
    assert not is_signed_in(officer)
    tap(officer, PASSKEY)
    officer.page.wait_for_url("**/")
    assert is_signed_in(officer)


def test_whom_the_phone_does_not_know_is_told_and_has_the_password(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer)
    makes_passkey(officer)
    lock.knows_its_person(False)
    officer.page.goto("/me/signing-in")
    tap(officer, "Maak nog een passkey")
    expect(officer.page.get_by_role("alert")).to_contain_text("Er is geen passkey gemaakt.")
    signs_out(officer)
    tap(officer, PASSKEY)
    expect(officer.page.get_by_role("alert")).to_contain_text("niet gelukt, of afgebroken")
    officer.looks()
    assert not is_signed_in(officer)
    lock.knows_its_person(True)
    tap(officer, PASSKEY)
    officer.page.wait_for_url("**/")


def test_a_phone_that_has_one_makes_no_second(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer)
    makes_passkey(officer)
    officer.page.goto("/me/signing-in")
    tap(officer, "Maak nog een passkey")
    expect(officer.page.get_by_role("alert")).to_contain_text("Op dit toestel staat al een passkey van u")
    assert len(lock.passkeys()) == 1


def test_a_copy_of_a_passkey_is_noticed(looker: Lookers) -> None:  # noqa: F811
    officer, admin = looker(OFFICER), looker(ADMIN)
    lock = with_lock(officer)
    makes_passkey(officer)
    for _ in range(2):
        signs_out(officer)
        tap(officer, PASSKEY)
        officer.page.wait_for_url("**/")
    signs_out(officer)
    lock.count(1)
    tap(officer, PASSKEY)
    expect(officer.page.get_by_role("alert")).to_contain_text("Van deze passkey lijkt een kopie te bestaan")
    officer.signs_in(OFFICER)
    officer.page.goto("/me/signing-in")
    expect(officer.page.get_by_text("Werkt niet meer")).to_be_visible()
    opened(officer)
    admin.looks("/people/log")
    admin.page.get_by_role("link", name="Agent Basisteam Noord").first.click()
    expect(admin.page.get_by_text("bleek dat er een kopie is")).to_be_visible()
    opened(admin)
    admin.page.get_by_role("button", name="Haal de passkeys weg").click()
    expect(admin.page.get_by_text("De passkeys zijn weggehaald.")).to_be_visible()


def test_who_tries_too_often_is_told_to_wait(looker: Lookers) -> None:  # noqa: F811
    officer = looker(OFFICER)
    lock = with_lock(officer)
    makes_passkey(officer)
    lock.count(0)
    signs_out(officer)
    for answer in [401] * 10 + [429]:
        with officer.page.expect_response("**/login/passkey") as came:
            tap(officer, PASSKEY)
        assert came.value.status == answer
    expect(officer.page.get_by_role("alert")).to_contain_text("Te veel pogingen. Wacht 15 minuten")
    officer.signs_in(OFFICER)


def test_an_invitation_is_accepted_with_a_passkey(looker: Lookers) -> None:  # noqa: F811
    admin, kim = looker(ADMIN), looker("")
    admin.page.goto("/people/invite")
    admin.page.fill("#field-name", "Kim")
    sent(admin)
    link = admin.page.locator(".input-link").input_value()
    with_lock(kim)
    kim.page.goto(link)
    kim.page.fill("#field-password", "dit mag nergens heen")
    tap(kim, "Maak een passkey en ga verder")
    expect(kim.page.get_by_role("alert")).to_contain_text("E-mailadres: Vul dit in.")
    expect(kim.page.locator("#field-email")).to_be_focused()
    kim.looks()
    kim.page.fill("#field-email", "kim@noord.example")
    tap(kim, "Maak een passkey en ga verder")
    kim.page.wait_for_url("**/")
    assert kim.page.request.get("/me.json").json()["name"] == "Kim"
    kim.page.goto("/me/signing-in")
    expect(kim.page.get_by_text("U hebt geen wachtwoord.")).to_be_visible()
    opened(kim)
    signs_out(kim)
    tap(kim, PASSKEY)
    kim.page.wait_for_url("**/")
    assert is_signed_in(kim)


def test_after_a_password_a_passkey_is_offered_once(looker: Lookers) -> None:  # noqa: F811
    officer = looker("")
    with_lock(officer)
    for turn in range(2):
        officer.page.goto("/login?next=/settings")
        expect(officer.page.locator("input[name=can_make]")).to_have_value("yes")
        officer.page.fill("input[name=email]", OFFICER)
        officer.page.fill("input[name=password]", PASSWORD)
        with officer.page.expect_navigation():
            officer.page.locator(".form-send button").click()
        if turn == 0:
            expect(officer.page.get_by_role("heading", name="Voortaan zonder wachtwoord?")).to_be_visible()
            officer.looks()
            officer.page.get_by_role("link", name="Niet nu").click()
        officer.page.wait_for_url("**/settings")


def test_where_more_than_a_password_is_asked_a_passkey_is_enough(looker: Lookers) -> None:  # noqa: F811
    admin, officer = looker(ADMIN), looker("")
    admin.page.goto("/people/organisation")
    admin.page.check("input[value=required]")
    sent(admin)
    with_lock(officer)

    def password() -> None:
        officer.page.goto("/login")
        officer.page.fill("input[name=email]", OFFICER)
        officer.page.fill("input[name=password]", PASSWORD)
        with officer.page.expect_navigation():
            officer.page.locator(".form-send button").click()

    password()
    opened(officer)
    tap(officer, "Maak een passkey")
    officer.page.wait_for_url("**/")
    signs_out(officer)
    password()
    expect(officer.page.get_by_role("heading", name="Meld u aan met uw passkey")).to_be_visible()
    officer.looks()
    tap(officer, PASSKEY)
    officer.page.wait_for_url("**/")
    assert is_signed_in(officer)


def test_a_page_that_is_too_old_says_how_to_sign_in_again(looker: Lookers, server) -> None:  # noqa: F811
    officer = looker(OFFICER)
    with_lock(officer)
    officer.page.goto("/me/signing-in")
    server.set_clock(16 * 60_000)
    tap(officer, "Maak een passkey")
    expect(officer.page.get_by_text("Meld u opnieuw aan om een passkey te maken")).to_be_visible()
    officer.looks()
    officer.page.get_by_role("link", name="Meld u opnieuw aan").click()
    officer.page.fill("input[name=email]", OFFICER)
    officer.page.fill("input[name=password]", PASSWORD)
    officer.page.locator(".form-send button").click()
    expect(officer.page.get_by_role("button", name="Maak een passkey")).to_be_visible()


def test_on_a_phone_with_a_worker_a_passkey_leads_to_the_own_cards_and_a_dead_network_is_said(phone: Callable[..., Phone]) -> None:
    """The worker must hear that somebody signed in, also when there was no form."""
    officer = phone(OFFICER)
    with_lock(officer)
    officer.go("/me/signing-in")
    officer.tap("Maak een passkey")
    officer.see("De passkey is gemaakt.")
    officer.go("/settings")
    with officer.page.expect_navigation():
        officer.tap("Afmelden")
    officer.cut()
    officer.page.get_by_role("button", name=PASSKEY).click()
    officer.see("Er komt geen antwoord.")
    officer.mend()
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name=PASSKEY).click()
    officer.wait_until(lambda: officer._is_local("/"), "the worker answers for this phone again")
    with officer.without_network():
        officer.go("/me/signing-in")
        officer.see("Hiervoor is internet nodig")
