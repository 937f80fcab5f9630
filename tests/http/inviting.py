"""What tests of people share: inviting somebody, taking the link, signing in with a password of one's own."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Phone
from tests.http.screens import Screen, assert_well_made

ADMIN, CARE_ADMIN, LEAD, OFFICER = "admin@noord.example", "admin@crisisdienst.example", "teamlead@noord.example", "agent@noord.example"
GOOD = "tafel lamp stoel fiets"
LINK = re.compile(r'value="http://localhost(/invitations/[^"]+)"')


def seen(answer: TestResponse, status: int = 200) -> Screen:
    assert answer.status_code == status, answer.get_data(as_text=True)[:3000]
    screen = Screen(answer.get_data(as_text=True))
    assert_well_made(screen)
    return screen


def invite(admin: Phone, **told: str) -> str:
    """The path of a new link."""
    answer = admin.http.post("/people/invite", data={"email": "nieuw@noord.example", "name": "Nieuw Iemand", "role": "member", **told})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return link_in(answer)


def link_in(answer: TestResponse) -> str:
    found = LINK.search(answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found.group(1)


def take(app: Flask, link: str, **told: str) -> TestResponse:
    return app.test_client().post(link, data={"name": "Nieuw Iemand", "email": "", "password": GOOD, **told})


def signing_in(http: FlaskClient, email: str, password: str = GOOD, **more: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', http.get("/login").get_data(as_text=True))
    assert token
    return http.post("/login", data={"email": email, "password": password, "csrf_token": token.group(1), **more})


def person_named(admin: Phone, email: str) -> str:
    """The id of somebody in the list."""
    page = admin.http.get("/people", query_string={"q": email}).get_data(as_text=True)
    found = re.search(r'href="/people/([0-9a-f-]{36})"', page)
    assert found, page
    return found.group(1)


def log_of(admin: Phone) -> str:
    return " ".join(seen(admin.http.get("/people/log")).text.split())


def me(http: FlaskClient) -> dict[str, Any] | None:
    answer = http.get("/me.json")
    return answer.get_json() if answer.status_code == 200 else None
