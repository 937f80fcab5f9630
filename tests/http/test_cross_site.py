"""No other site can make somebody's browser do anything here (docs/decisions/0004): every route that changes something, and every route of a device,
over the URL map. A browser always says where a request comes from; a page cannot say something else.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from store.demo import PASSWORD
from tests.cast import OFFICER, Phone
from tests.http.routes import Way, ways
from tests.http.screens import Screen

Phones = Callable[[str], Phone]
ACCOUNTS = (OFFICER, "teamlead@noord.example", "admin@noord.example", "privacy@noord.example")
OF_DEVICES = {"device", "handing_in"}
ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "null"},
]
elsewhere = pytest.mark.parametrize("said", ELSEWHERE, ids=lambda said: " ".join(said.values()))


def changing(app: Flask) -> list[Way]:
    return list(ways(app, methods=("POST", "PUT", "PATCH", "DELETE")))


def of_devices(app: Flask) -> list[Way]:
    return [way for way in ways(app) if way.door in OF_DEVICES]


@elsewhere
def test_nothing_is_changed_for_another_site_whoever_is_signed_in(app: Flask, phone: Phones, said: dict[str, str]) -> None:
    routes = changing(app)
    assert len(routes) > 35
    for account in ACCOUNTS:
        http = phone(account).http
        assert {way.path: status for way in routes if (status := http.open(way.path, method=way.method, headers=said).status_code) != 403} == {}
        assert http.get("/me.json").status_code == 200, "nobody was signed out"


@elsewhere
def test_no_route_of_a_device_answers_another_site(app: Flask, phone: Phones, said: dict[str, str]) -> None:
    routes = of_devices(app)
    assert {way.path for way in routes} >= {"/sync", "/live", "/me.json"}
    for http in (phone(OFFICER).http, app.test_client()):
        for way in routes:
            answer = http.open(way.path, method=way.method, headers=said)
            assert (answer.status_code, answer.mimetype) == (403, "application/json"), way
            assert "Clear-Site-Data" not in answer.headers


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}])
def test_our_own_pages_are_let_through(phone: Phones, said: dict[str, str]) -> None:
    officer = phone(OFFICER)
    assert officer.http.post("/sync", json={"entries": []}, headers=said).status_code == 200
    assert officer.http.post("/language", data={"lang": "en"}, headers=said).status_code == 303
    with officer.http.get("/live", headers=said, buffered=False) as stream:
        assert stream.status_code == 200


def test_signing_in_asks_for_the_token_of_the_form_as_well(app: Flask) -> None:
    """Whoever is nobody yet has no session that the origin could protect: a token of this browser's own cookie does."""
    for given in ({}, {"csrf_token": ""}, {"csrf_token": "made-up"}, {"csrf_token": token_of(app)}):
        typed = {"email": OFFICER, "password": PASSWORD, **given}
        assert app.test_client().post("/login", data=typed, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 400, given


def token_of(app: Flask) -> str:
    """The token that somebody else got."""
    [form] = Screen(app.test_client().get("/login").get_data(as_text=True)).forms
    return dict(form.fields)["csrf_token"]


def test_a_link_from_elsewhere_may_lead_here(phone: Phones) -> None:
    """SameSite=Lax sends the cookie along with it."""
    officer = phone(OFFICER)
    assert officer.http.get(f"/cards/{officer.open_card()}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
