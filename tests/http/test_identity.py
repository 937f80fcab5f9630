"""Signing in with e-mail and password; who this is; signing out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask.testing import FlaskClient

from blueprints.passwords import NOBODYS_HASH
from store import demo
from tests.cast import OFFICER, TRIAGIST, Phone

Phones = Callable[[str], Phone]


def token(http: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', http.get("/login").get_data(as_text=True))
    assert found
    return found.group(1)


def attempt(http: FlaskClient, email: str, password: str, **more: str):
    return http.post("/login", data={"email": email, "password": password, "csrf_token": token(http), **more})


def test_me_says_who_is_signed_in_and_on_what(phone: Phones) -> None:
    me = phone(OFFICER).me
    assert set(me) >= {"person", "name", "org", "domain", "role", "device", "epoch", "clock"}
    assert (me["org"], me["domain"], me["role"]) == ("noord", "police", "member")
    assert re.fullmatch(r"[0-9a-f]{8}", me["device"])


def test_nobody_is_nobody(app: Flask) -> None:
    http = app.test_client()
    assert http.get("/me.json").status_code == 401
    assert http.get("/live").status_code == 401
    page = http.get("/cards/new?context=police_asks")
    assert (page.status_code, page.headers["Location"]) == (303, "/login?next=/cards/new?context%3Dpolice_asks")


def test_a_wrong_password_is_said_and_the_address_stays(app: Flask) -> None:
    answer = attempt(app.test_client(), OFFICER, "not this")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert f'value="{OFFICER}"' in page
    assert "not this" not in page


def test_an_unknown_address_reads_like_a_wrong_password(app: Flask) -> None:
    wrong = attempt(app.test_client(), OFFICER, "not this").get_data(as_text=True)
    unknown = attempt(app.test_client(), "nobody@noord.example", "not this").get_data(as_text=True)
    anonymous = re.compile(r'value="[^"]*"')
    assert anonymous.sub("", wrong) == anonymous.sub("", unknown)


def test_for_an_unknown_address_a_hash_is_made_of_the_same_cost_and_nothing_fits_it() -> None:
    assert extract_parameters(NOBODYS_HASH) == extract_parameters(PasswordHasher().hash(demo.PASSWORD))
    with pytest.raises(VerifyMismatchError):  # and not that it is no hash, which would be found at once
        PasswordHasher().verify(NOBODYS_HASH, demo.PASSWORD)


def test_signing_in_needs_the_token_of_the_form(app: Flask) -> None:
    http = app.test_client()
    answer = http.post("/login", data={"email": OFFICER, "password": demo.PASSWORD})
    assert answer.status_code == 400
    assert http.get("/me.json").status_code == 401


def test_after_signing_in_one_goes_where_one_wanted_and_never_to_another_site(app: Flask) -> None:
    for asked, destination in (
        ("/join?code=ABCDEF", "/join?code=ABCDEF"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere", "/"),
        ("http://[", "/"),
        ("//[", "/"),
    ):
        answer = attempt(app.test_client(), OFFICER, demo.PASSWORD, next=asked)
        assert (answer.status_code, answer.headers["Location"]) == (303, destination)


def test_ten_wrong_passwords_for_an_account_are_enough_and_a_team_can_still_sign_in(app: Flask) -> None:
    statuses = [attempt(app.test_client(), OFFICER, "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert attempt(app.test_client(), TRIAGIST, demo.PASSWORD).status_code == 303


def test_who_must_wait_hears_how_long_and_who_guesses_elsewhere_shuts_nobody_out(app: Flask) -> None:
    def from_elsewhere(password: str):
        http = app.test_client()
        http.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        return attempt(http, OFFICER, password)

    refused = [from_elsewhere("wrong") for _ in range(11)][-1]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert attempt(app.test_client(), OFFICER, demo.PASSWORD).status_code == 303


def test_who_is_signed_in_can_sign_in_as_somebody_else(phone: Phones) -> None:
    officer = phone(OFFICER)
    officer.account = TRIAGIST
    officer.sign_in()
    assert officer.http.get("/me.json").get_json()["org"] == "crisisdienst"


def test_the_same_browser_and_person_are_the_same_device(app: Flask) -> None:
    officer = Phone(app, OFFICER)
    device = officer.me["device"]
    officer.http.post("/logout")
    officer.account = TRIAGIST
    officer.sign_in()
    assert officer.http.get("/me.json").get_json()["device"] != device
    officer.http.post("/logout")
    officer.account = OFFICER
    officer.sign_in()
    assert officer.http.get("/me.json").get_json()["device"] == device


def test_signed_out_is_out(phone: Phones) -> None:
    officer = phone(OFFICER)
    assert officer.http.post("/logout").status_code == 303
    assert officer.http.get("/me.json").status_code == 401
