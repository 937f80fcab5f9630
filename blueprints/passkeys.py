"""Signing in with a passkey. The authenticator has seen that it is its person, so a passkey is both steps: no code is asked after it.

Also here: making the first one half-way in, where the organisation asks for more than a password. All of it is JSON for the script of the page
(static/page/passkey.js); who has no script signs in with the password.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from werkzeug.wrappers import Response as AnyResponse

from blueprints import ceremony, doors, halfway, identity, server
from blueprints.limits import limiter, tries
from store import passkeys, people, provider, second_factor
from store.refused import Refused

blueprint = Blueprint("passkeys", __name__)

SIGN_IN, SET_UP = "sign in", "set up"
often = limiter.shared_limit("1000 per 15 minutes", scope="passkeys asked")


def passkey_named() -> str:
    return f"passkey {ceremony.named()}"


@blueprint.post("/login/passkey/options")
@doors.public
@often
def ask() -> Response:
    return ceremony.ask_to_show(SIGN_IN)


@blueprint.post("/login/passkey")
@doors.public
@tries("100 per 15 minutes")
@tries("10 per 15 minutes", key_func=passkey_named)
def sign_in() -> AnyResponse:
    person = ceremony.shown(SIGN_IN)
    if isinstance(person, Refused):
        return ceremony.refused(400 if person.code == "expired" else 401, person.code)
    if provider.password_is_off(person):
        return ceremony.refused(401, "provider")
    return arrived(person, identity.safe_next(doors.facts_sent().get("next")))


@blueprint.post("/login/set-up/passkey/options")
@doors.public
@often
def ask_to_set_up() -> Response:
    half = halfway.current()
    if half is None or not may_set_up(half.person):
        return ceremony.refused(400, "expired")
    whom = ceremony.Whom(passkeys.handle_of(half.person), people.email_of(half.person), people.names_of({half.person})[half.person]["name"])
    return ceremony.ask_to_make(SET_UP, whom, [], {"person": half.person})


@blueprint.post("/login/set-up/passkey")
@doors.public
@often
def set_up() -> AnyResponse:
    half, new = halfway.current(), ceremony.made(SET_UP)
    if isinstance(new, Refused):
        return ceremony.refused(400, new.code)
    if half is None or new.about["person"] != half.person or not may_set_up(half.person):
        return ceremony.refused(400, "expired")
    added = passkeys.add(half.person, new.made, server.now_ms())
    return ceremony.refused(409, added.code) if isinstance(added, Refused) else arrived(half.person, half.next)


def may_set_up(person: str) -> bool:
    """A password alone opens a second way only to who has none."""
    return not second_factor.is_set_up(person) and not passkeys.has_any(person)


def arrived(person: str, destination: str) -> AnyResponse:
    onward, browser = identity.arrive(person, destination)
    return identity.remember_browser(jsonify(next=onward), browser)
