"""Tries: who guesses is stopped, hears how long, and comes in again after it. Every limit that a route has is here, or a test fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_limiter.util import get_qualified_name
from werkzeug.test import TestResponse

from blueprints.limits import limiter
from store import demo
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST, Clock, Phone, server
from tests.http.inviting import invite, seen
from tests.http.test_doors import ADMIN
from tests.http.test_identity import attempt
from tests.http.test_second_way import PASSWORD, halfway, second, set_up

Phones = Callable[[str], Phone]
HTML = {"Accept": "text/html"}
MINE = ("my_signing_in.change_password", "my_signing_in.begin_totp", "my_signing_in.confirm_totp", "my_signing_in.remove_totp",
        "my_signing_in.new_recovery_codes")  # fmt: skip


@dataclass
class Guesser:
    """Makes one wrong try after another; `again` is what still works for somebody else."""

    most: int
    minutes: int
    wrong: Callable[[], TestResponse]
    others: Callable[[], TestResponse]


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    """Where nobody is cut short for being refused (test_refusals.py): each limit is reached by itself."""
    return server(tmp_path, clock, REFUSALS_LIMIT="10000 per 10 seconds")


def signing_in(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    return Guesser(10, 15, lambda: attempt(app.test_client(), OFFICER, "wrong"), lambda: attempt(app.test_client(), TRIAGIST, demo.PASSWORD))


def code(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    set_up(phone(OFFICER))

    def wrong() -> TestResponse:
        http = halfway(app)
        http.environ_base["HTTP_ACCEPT"] = "text/html"
        return second(http, "000000")

    return Guesser(10, 15, wrong, lambda: attempt(app.test_client(), TRIAGIST, demo.PASSWORD))


def setting_up(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    admin = phone(ADMIN)
    page = seen(admin.http.get("/people/organisation"))
    admin.http.post("/people/organisation", data=page.form().filled(second_factor="required"))

    def begun(account: str) -> FlaskClient:
        http = halfway(app, account)
        assert http.get("/login/code").headers["Location"] == "/login/set-up"
        return http

    def confirm(account: str) -> TestResponse:
        http = begun(account)
        form = seen(http.get("/login/set-up")).forms[0]
        return http.post(form.action, data=form.filled(code="000000"))

    return Guesser(10, 15, lambda: confirm(OFFICER), lambda: attempt(app.test_client(), TRIAGIST, demo.PASSWORD))


def own_password(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    paths = iter(["totp", "password", "totp/confirm", "totp/remove", "recovery-codes"] * 10)
    assert officer.http.post("/me/signing-in/totp", data={"totp_password": PASSWORD}).status_code == 200

    def wrong() -> TestResponse:
        return officer.http.post(f"/me/signing-in/{next(paths)}", data={"code": "000000"}, headers=HTML)

    return Guesser(10, 15, wrong, lambda: colleague.http.get("/me/signing-in"))


def joining(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    return Guesser(20, 15, lambda: officer.http.post("/join", data={"code": "XXXXXX"}, headers=HTML), lambda: colleague.http.get("/join"))


def reporting_lost(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    officer, colleague = phone(OFFICER), phone(OTHER_OFFICER)
    path = f"/devices/lost/{colleague.me['person']}"
    return Guesser(20, 60, lambda: officer.http.post(path, data={}, headers=HTML), lambda: colleague.http.get("/devices"))


def taking_a_link(app: Flask, phone: Phones, clock: Clock) -> Guesser:
    admin = phone(ADMIN)
    link, other = invite(admin), invite(admin, email="ander@noord.example")
    return Guesser(30, 15, lambda: app.test_client().post(link, data={"name": "x", "password": "kort"}), lambda: app.test_client().get(other))


WHERE = {
    "identity.sign_in_with_password": signing_in,
    "second_step.check_code": code,
    "second_step.confirm_set_up": setting_up,
    "joining.join": joining,
    "devices.revoke_lost": reporting_lost,
    "invitations.accept": taking_a_link,
    **dict.fromkeys(MINE, own_password),
}


JSON: dict[str, object] = {"json": {}}
OFTEN = {
    "invitations.ask_for_passkey": (30, "POST", "/invitations/x/passkey/options", JSON),
    "invitations.accept_with_passkey": (30, "POST", "/invitations/x/passkey", JSON),
    "passkeys.ask": (1000, "POST", "/login/passkey/options", JSON),
    "passkeys.ask_to_set_up": (1000, "POST", "/login/set-up/passkey/options", JSON),
    "passkeys.set_up": (1000, "POST", "/login/set-up/passkey", JSON),
    "provider.go": (200, "GET", "/login/provider/go", {}),
    "push.subscribe": (60, "PUT", "/push/subscription", JSON),
    "push.try_it": (20, "POST", "/settings/notices/try", {}),
    "provider_settings.save": (30, "POST", "/people/provider", {"data": {}}),
}
# Tests of their own: test_passkeys.py and test_provider.py; and trying a provider counts together with saving it.
GUESSED_ELSEWHERE = {"passkeys.sign_in", "provider.back", "provider_settings.try_again"}


def limited(app: Flask) -> set[str]:
    """The routes that have a limit: on failed tries, or on all that is asked."""

    def has_limit(view: Callable[..., object]) -> bool:
        return hasattr(view, "has_limit") or bool(limiter.limit_manager.decorated_limits(get_qualified_name(view)))

    return {name for name, view in app.view_functions.items() if has_limit(view)}


def test_every_route_with_a_limit_is_guessed_at_here(app: Flask) -> None:
    assert limited(app) == {*WHERE, *OFTEN, *GUESSED_ELSEWHERE}


@pytest.mark.parametrize("name", sorted(OFTEN))
def test_who_asks_too_often_is_stopped_too(phone: Phones, name: str) -> None:
    """Where not a guess is counted but every question, or every one that comes to nothing."""
    most, method, path, told = OFTEN[name]
    http = phone(ADMIN).http
    statuses = [http.open(path, method=method, headers=HTML, **told).status_code for _ in range(most + 1)]
    assert 429 not in statuses[:most]
    assert statuses[most] == 429


@pytest.mark.parametrize("guessing", sorted(set(WHERE.values()), key=lambda one: one.__name__))
def test_who_guesses_is_stopped_hears_how_long_and_shuts_nobody_else_out(
    app: Flask, phone: Phones, clock: Clock, guessing: Callable[[Flask, Phones, Clock], Guesser]
) -> None:
    guesser = guessing(app, phone, clock)
    tries = [guesser.wrong().status_code for _ in range(guesser.most)]
    assert set(tries) <= {401, 422}, tries
    refused = guesser.wrong()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(guesser.minutes * 60))
    page = seen(refused, 429)
    assert re.search(rf"Te veel pogingen. Wacht {guesser.minutes} minuten", page.text)
    assert guesser.wrong().status_code == 429, "and waits still"
    assert guesser.others().status_code in (200, 303)
    limiter.reset()
    assert guesser.wrong().status_code in (401, 422), "after it the tries begin anew"


def test_who_asks_for_facts_hears_it_in_words_too(phone: Phones) -> None:
    officer = phone(OFFICER)
    refused = [officer.http.post("/join", json={"code": "XXXXXX"}) for _ in range(21)][-1]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert refused.get_json() == {"error": "too_many_requests", "message": "Te veel pogingen. Wacht 15 minuten en probeer het dan opnieuw."}


def test_whatever_is_typed_for_an_account_takes_little_room_and_many_of_them_come_to_an_end(app: Flask) -> None:
    """Without a form of ours, so that each is refused before a password is looked at."""
    kept, http = limiter.storage.own.storage, app.test_client()
    statuses = [http.post("/login", data={"email": f"{turn}{'a' * 100_000}", "password": "x"}).status_code for turn in range(150)]
    assert statuses == [400] * 100 + [429] * 50
    assert sum(map(len, kept)) < 20_000


def test_links_that_nobody_was_given_leave_nothing_to_remember(app: Flask) -> None:
    kept, http = limiter.storage.own.storage, app.test_client()
    for turn in range(29):
        assert http.post(f"/invitations/{turn}{'x' * 1000}", headers=HTML).status_code == 404
        assert http.post(f"/invitations/{turn}{'x' * 1000}/passkey", headers=HTML, json={}).status_code == 404
    assert len(kept) <= 2
