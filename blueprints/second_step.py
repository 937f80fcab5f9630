"""The second half of signing in: the code of the app or a recovery code, or setting up an app or a passkey where the organisation asks for it.

Who was right about the password is half-way in (`blueprints/halfway.py`) and is nobody yet; only here the session begins.
"""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from blueprints import ceremony, doors, halfway, identity, server
from blueprints.frame import frame, nobody
from blueprints.limits import tries
from store import passkeys, people, second_factor

blueprint = Blueprint("second_step", __name__)

WAYS = ("app", "recovery")


def half_known() -> str:
    half = halfway.current()
    return f"code {half.person}" if half else "code of nobody"


@blueprint.get("/login/code")
@doors.public
def code() -> AnyResponse:
    half = halfway.current()
    if half is None:
        return start_again()
    if second_factor.is_set_up(half.person):
        return form(half, {})
    if second_factor.is_required(half.person):
        return redirect(url_for("second_step.set_up"), 303)
    return identity.welcome(half.person, half.next, half.can_make)


@blueprint.post("/login/code")
@doors.public
@tries("10 per 15 minutes", key_func=half_known)
def check_code() -> AnyResponse:
    half = halfway.current()
    if half is None:
        return start_again()
    if not from_the_form():
        return form(half, {"form": "login.code.expired"}, 400)
    said = request.form.get("code", "").strip()
    if not said:
        return form(half, {"code": "login.code.required"}, 422)
    if not good(half.person, said):
        return form(half, {"code": f"login.code.wrong.{way()}"}, 401)
    return identity.welcome(half.person, half.next, half.can_make)


@blueprint.get("/login/set-up")
@doors.public
def set_up() -> AnyResponse:
    half = halfway.current()
    if half is None or second_factor.is_set_up(half.person):
        return start_again() if half is None else redirect(url_for("second_step.code"), 303)
    return passkey_needed(half) if passkeys.has_any(half.person) else set_up_form(half, {})


@blueprint.post("/login/set-up")
@doors.public
@tries("10 per 15 minutes", key_func=half_known)
def confirm_set_up() -> AnyResponse:
    half = halfway.current()
    if half is None or not half.sets_up or passkeys.has_any(half.person):
        return start_again()
    if not from_the_form():
        return set_up_form(half, {"form": "login.code.expired"}, 400)
    codes = second_factor.confirm(half.person, request.form.get("code", ""), server.secret(), server.now_ms())
    if codes is None:
        return set_up_form(half, {"code": "login.code.wrong.app"}, 422)
    browser = identity.start_session(half.person)
    page = make_response(render_template("people/recovery_codes.html", codes=codes, onward=half.next, **frame()))
    return identity.remember_browser(page, browser)


def good(person: str, said: str) -> bool:
    if way() == "recovery":
        return second_factor.use_recovery_code(person, said, server.now_ms())
    return second_factor.check(person, said, server.secret(), server.now_ms())


def way() -> str:
    asked = request.values.get("way", "")
    return asked if asked in WAYS else "app"


def from_the_form() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def start_again() -> AnyResponse:
    """Too long ago, or never begun: the password first."""
    return redirect(url_for("identity.sign_in"), 303)


def form(half: halfway.Half, errors: dict[str, str], status: int = 200) -> Response:
    facts: dict[str, Any] = {"errors": errors, "way": way(), "csrf_token": generate_csrf(), **nobody()}
    return make_response(render_template("login/code.html", **facts), status)


def passkey_needed(half: halfway.Half) -> Response:
    """Who has a passkey has a second way already: whoever knows the password alone does not get to make another."""
    facts: dict[str, Any] = {"next": half.next, "passkeys": ceremony.is_possible(), **nobody()}
    return make_response(render_template("login/passkey_needed.html", **facts))


def set_up_form(half: halfway.Half, errors: dict[str, str], status: int = 200) -> Response:
    secret = second_factor.begun(half.person, server.secret()) if half.sets_up else None
    if secret is None:
        secret = second_factor.begin(half.person, server.secret())
        halfway.sets_up()
    address = second_factor.address_of(secret, people.email_of(half.person))
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, svgclass="qr", omitsize=True)
    facts: dict[str, Any] = {"errors": errors, "secret": secret, "address": address, "qr": drawn, "csrf_token": generate_csrf(), **nobody()}
    return make_response(render_template("login/set_up.html", passkeys=ceremony.is_possible(), **facts), status)
