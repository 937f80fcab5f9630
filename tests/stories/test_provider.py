"""Signing in at the organisation's provider with a real browser: the policy of our pages lets nobody follow a form to another site, so the way
there must be a link; and on the way back the worker must hear that somebody else may be here now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provider import Provider, running
from tests.stories.hands import OFFICER
from tests.stories.phone import Phone
from tests.stories.served import Served, copied
from tests.stories.test_looks import looker  # noqa: F401

ADMIN = "admin@noord.example"


@pytest.fixture
def server(built: None, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("PROVIDER_NETWORKS", "127.0.0.0/8, ::1/128")
    served = Served(copied(demo, tmp_path / "data")).start()
    yield served
    served.kill()


@pytest.fixture
def idp() -> Iterator[Provider]:
    with running() as one:
        one.knows("agent", email=OFFICER)
        yield one


def sets_up(admin, idp: Provider, **told: str) -> None:
    admin.page.goto("/people/provider")
    for name, value in {"issuer": idp.issuer, "client_id": "motorkap", "client_secret": "geheim", "domains": "noord.example", **told}.items():
        admin.page.fill(f"#field-{name}", value)
    with admin.page.expect_navigation():
        admin.page.locator(".form-send button").click()


def types_the_address(phone: Phone) -> None:
    phone.page.fill("[name=email]", OFFICER)
    with phone.page.expect_navigation():
        phone.page.locator(".form-send button").click()
    phone.see("Aanmelden bij Politie Basisteam Noord")


def goes_on(phone: Phone) -> None:
    phone.tap("Verder naar Politie Basisteam Noord")
    phone.page.get_by_role("button", name="Authorize").wait_for()


def is_who_they_are(phone: Phone) -> None:
    phone.page.fill("[name=sub]", "agent")
    phone.page.get_by_role("button", name="Authorize").click()


def test_an_officer_signs_in_at_work_and_goes_on_where_they_were(looker, phone, idp: Provider) -> None:  # noqa: F811
    sets_up(looker(ADMIN), idp)
    officer = phone(OFFICER, signed_in=False)
    officer.go("/cards/new?context=police_asks")
    types_the_address(officer)
    goes_on(officer)
    is_who_they_are(officer)
    officer.page.wait_for_url("**/cards/new?context=police_asks")
    officer.wait_for_worker()
    officer.wait_until(lambda: officer._is_local("/"), "the worker answers for this phone")
    with officer.without_network():
        officer.go("/")
        officer.see("Kaarten")
    officer.go("/settings")
    with officer.page.expect_navigation():
        officer.tap("Afmelden")
    types_the_address(officer)
    goes_on(officer)
    assert "prompt=login" in officer.page.url


def test_who_says_no_can_try_again_and_nothing_is_lost(looker, phone, idp: Provider) -> None:  # noqa: F811
    sets_up(looker(ADMIN), idp)
    officer = phone(OFFICER, signed_in=False)
    officer.go("/settings")
    types_the_address(officer)
    goes_on(officer)
    officer.page.get_by_role("button", name="Deny").click()
    officer.see("Aanmelden is niet gelukt")
    officer.see("nee gezegd")
    officer.tap("Opnieuw proberen")
    goes_on(officer)
    is_who_they_are(officer)
    officer.page.wait_for_url("**/settings")
    officer.see("Agent Basisteam Noord")


def test_nothing_is_wrong_with_the_pages(looker, idp: Provider) -> None:  # noqa: F811
    admin, officer = looker(ADMIN), looker("")
    admin.looks("/people/organisation")
    sets_up(admin, idp, issuer="https://10.0.0.1", domains="gmail.com")
    admin.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    admin.looks()
    sets_up(admin, idp)
    admin.page.locator(".notice-good", has_text="Opgeslagen").wait_for()
    admin.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    admin.looks()
    admin.looks("/people/log")
    officer.looks("/login")
    officer.page.fill("[name=email]", OFFICER)
    with officer.page.expect_navigation():
        officer.page.locator(".form-send button").click()
    officer.looks()
    officer.page.locator("a.button-main").click()
    officer.page.get_by_role("button", name="Deny").wait_for()
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name="Deny").click()
    officer.looks()
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name="Opnieuw proberen").click()
    officer.page.locator("a.button-main").click()
    officer.page.fill("[name=sub]", "agent")
    officer.page.get_by_role("button", name="Authorize").click()
    officer.page.wait_for_url("**/")
    admin.page.goto("/people?q=agent@noord")
    admin.page.locator(".people-row").first.click()
    admin.page.get_by_text("Gekoppeld aan het account").wait_for()
    admin.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    admin.looks()
    sets_up(admin, idp, client_secret="")
    admin.page.check("[name=passwords][value=off]")
    with admin.page.expect_navigation():
        admin.page.locator(".form-send button").click()
    officer.looks("/me/signing-in")
    admin.page.goto("/people/invite")
    admin.page.fill("#field-email", "kim@noord.example")
    with admin.page.expect_navigation():
        admin.page.locator(".form-send button").click()
    officer.looks(admin.page.locator("#field-link, .input-link").first.input_value())
