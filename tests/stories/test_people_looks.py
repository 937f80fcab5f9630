"""How the pages about people and signing in look on a phone, and what their scripts do: the same eyes as in test_looks.py."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import expect

from tests.stories.phone import PASSWORD
from tests.stories.test_looks import looker  # noqa: F401

ADMIN, OFFICER = "admin@noord.example", "agent@noord.example"
GOOD = "tafel lamp stoel fiets"
FILE = "email;name;role\nnia@noord.example;Nia;\nopco@noord.example;;lead\ngeen adres;Iemand;\nagent@noord.example;;\n"


def opened(one) -> None:
    one.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    one.looks()


def sent(one) -> None:
    """Sends the form of the page, and looks at what comes."""
    with one.page.expect_navigation():
        one.page.locator(".form-send button").first.click()
    opened(one)


def followed(one, link) -> None:
    """Follows a link, and looks at the page it leads to and not at the one that is left."""
    with one.page.expect_navigation():
        link.click()
    opened(one)


def test_nothing_is_wrong_with_the_pages_of_an_administrator(looker):  # noqa: F811
    admin = looker(ADMIN)
    for path in ("/people/invite", "/people/import", "/people/organisation", "/people/log", "/settings"):
        admin.looks(path)
    admin.page.goto("/people/invite")
    sent(admin)
    admin.page.fill("#field-email", "kim@noord.example")
    sent(admin)
    admin.looks("/people")
    followed(admin, admin.page.locator(".people-row").first)
    admin.page.locator(".button-danger").click()
    admin.page.locator(".error").wait_for()
    opened(admin)
    admin.page.goto("/people/import")
    sent(admin)
    admin.page.fill("#field-text", FILE)
    sent(admin)
    sent(admin)
    admin.looks("/people/log")
    admin.page.goto("/people/organisation")
    admin.page.fill("#field-name", "")
    sent(admin)


def test_a_link_is_copied_with_one_tap_and_leads_in(looker):  # noqa: F811
    admin, kim = looker(ADMIN), looker("")
    admin.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    admin.page.goto("/people/invite")
    admin.page.fill("#field-name", "Kim")
    sent(admin)
    admin.page.get_by_role("button", name="Kopieer de link").click()
    expect(admin.page.get_by_role("button", name="Gekopieerd")).to_be_visible()
    link = admin.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"http://localhost:\d+/invitations/[\w-]{43}", link)
    kim.looks(link)
    sent(kim)
    kim.page.fill("#field-email", "kim@noord.example")
    kim.page.fill("#field-password", "welkom123456")
    sent(kim)
    expect(kim.page.locator("#field-name")).to_have_value("Kim")
    expect(kim.page.locator("#field-password")).to_have_value("")
    kim.page.fill("#field-password", GOOD)
    sent(kim)
    assert kim.page.request.get("/me.json").json()["name"] == "Kim"
    kim.looks(link)


def test_nothing_is_wrong_with_my_signing_in_and_the_second_step(looker):  # noqa: F811
    officer, again = looker(OFFICER), looker("")
    officer.page.goto("/me/signing-in")
    officer.looks()
    officer.page.locator("section:has(#title-password) button").click()
    officer.page.locator(".error").first.wait_for()
    officer.looks()
    officer.page.fill("#field-totp_password", PASSWORD)
    officer.page.locator("section:has(#title-totp) button").click()
    officer.page.locator(".code-qr").wait_for()
    opened(officer)
    secret = officer.page.inner_text(".people-secret").replace(" ", "")
    officer.page.fill("#field-code", "12")
    sent(officer)
    officer.page.fill("#field-code", pyotp.TOTP(secret).now())
    sent(officer)
    recovery = officer.page.locator(".people-codes code").first.inner_text()
    officer.page.goto("/me/signing-in")
    opened(officer)
    again.page.goto("/login")
    again.page.fill("input[name=email]", OFFICER)
    again.page.fill("input[name=password]", PASSWORD)
    with again.page.expect_navigation():
        again.page.locator(".form-send button").click()
    again.looks()
    sent(again)
    followed(again, again.page.get_by_role("link", name="herstelcode gebruiken"))
    again.page.fill("#field-code", recovery)
    sent(again)
    assert again.page.request.get("/me.json").ok


def test_nothing_is_wrong_with_setting_up_where_it_is_required(looker):  # noqa: F811
    admin, officer = looker(ADMIN), looker("")
    admin.page.goto("/people/organisation")
    admin.page.check("input[value=required]")
    sent(admin)
    officer.page.goto("/login")
    officer.page.fill("input[name=email]", OFFICER)
    officer.page.fill("input[name=password]", PASSWORD)
    with officer.page.expect_navigation():
        officer.page.locator(".form-send button").click()
    opened(officer)
    secret = officer.page.inner_text(".people-secret").replace(" ", "")
    officer.page.fill("#field-code", pyotp.TOTP(secret).now())
    sent(officer)
    officer.page.get_by_role("link", name="Ik heb ze bewaard").click()
    officer.page.get_by_role("heading", name="Kaarten").wait_for()


def test_on_a_phone_with_a_worker_the_second_step_leads_to_the_own_cards(phone):
    """The worker must hear that somebody signed in, also when the session begins at the second step."""
    officer = phone(OFFICER)
    officer.go("/me/signing-in")
    officer.page.fill("#field-totp_password", PASSWORD)
    officer.page.locator("section:has(#title-totp) button").click()
    officer.page.locator("summary").click()
    secret = officer.page.inner_text(".people-secret").replace(" ", "")
    officer.page.fill("#field-code", pyotp.TOTP(secret).now())
    officer.page.locator(".form-send button").click()
    recovery = officer.page.locator(".people-codes code").first.inner_text()
    officer.go("/settings")
    with officer.page.expect_navigation():
        officer.tap("Afmelden")
    officer.page.fill("input[name=email]", OFFICER)
    officer.page.fill("input[name=password]", PASSWORD)
    officer.page.locator(".form-send button").click()
    officer.page.locator("#field-code").wait_for()
    officer.go("/login/code?way=recovery")
    officer.page.fill("#field-code", recovery)
    with officer.page.expect_navigation():
        officer.page.locator(".form-send button").click()
    officer.wait_until(lambda: officer._is_local("/"), "the worker answers for this phone again")
    with officer.without_network():
        officer.go("/people")
        officer.see("Hiervoor is internet nodig")
