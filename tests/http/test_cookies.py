"""Cookies: all that this app ever sets, with and without TLS. Behind TLS a browser keeps `__Host-` to this host (RFC 6265bis, 4.1.3.2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from store.demo import PASSWORD
from tests.cast import OFFICER, Phone, server
from tests.http.inviting import me, signing_in
from tests.http.routes import ways

# Who comes from a link elsewhere is still signed in; a question to an authenticator is asked by our own page alone.
SAME_SITE = {"browser": "Lax", "challenge": "Strict", "lang": "Lax", "session": "Lax"}


@pytest.fixture(params=[True, False], ids=["behind TLS", "without TLS"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    return server(tmp_path, BEHIND_TLS=request.param)


def set_by(answer: TestResponse) -> dict[str, set[str]]:
    """The name of each cookie in an answer, with what is said of it."""
    cookies = [line.split("; ") for line in answer.headers.getlist("Set-Cookie")]
    return {pair.partition("=")[0]: {one for one in said if not one.startswith(("Expires", "Max-Age"))} for pair, *said in cookies}


def test_every_cookie_of_every_route_is_for_this_host_alone_and_for_no_script(app: Flask) -> None:
    behind_tls = app.config["BEHIND_TLS"]
    always = {"Path=/", "HttpOnly"} | ({"Secure"} if behind_tls else set())
    nobody, officer = app.test_client(), app.test_client()
    found = set_by(signing_in(officer, OFFICER, PASSWORD))
    for http in (nobody, officer):
        for way in ways(app):
            with http.open(way.path, method=way.method, data={"lang": "en"} if way.method == "POST" else None) as answer:
                found |= set_by(answer)
    assert found == {named(app, name): always | {f"SameSite={held}"} for name, held in SAME_SITE.items()}


def named(app: Flask, name: str) -> str:
    return f"__Host-{name}" if app.config["BEHIND_TLS"] else name


def test_what_the_app_sets_is_what_it_reads(app: Flask) -> None:
    officer = Phone(app, OFFICER)
    officer.http.post("/language", data={"lang": "en"})
    assert '<html lang="en">' in officer.http.get("/settings").get_data(as_text=True)
    before = officer.me["device"]
    officer.http.delete_cookie(named(app, "session"))
    officer.sign_in()
    again = me(officer.http)
    assert again is not None
    assert again["device"] == before, "the browser is known by its cookie"


def test_behind_tls_a_cookie_without_the_prefix_is_nobodys(tmp_path: Path) -> None:
    app = server(tmp_path, BEHIND_TLS=True)
    officer = Phone(app, OFFICER)
    found = officer.http.get_cookie("__Host-session")
    assert found is not None
    planted = app.test_client()
    planted.set_cookie("session", found.value)
    assert me(planted) is None
    planted.set_cookie("__Host-session", found.value)
    assert me(planted) is not None
