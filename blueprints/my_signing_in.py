"""My signing in: one's own passkeys, password and second way. Each is a section of one page; what changes them asks the password first, or of who has
none to have signed in just now. The passkeys are in `blueprints/my_passkeys.py`.
"""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import ceremony, doors, farewell, fresh, passwords, server
from blueprints.frame import frame
from blueprints.limits import tries
from blueprints.period import read_ms as read
from store import passkeys, people, provider, roster, second_factor

blueprint = Blueprint("my_signing_in", __name__, url_prefix="/me/signing-in")

counted = tries("10 per 15 minutes", scope="my signing in", key_func=lambda: f"mine {getattr(current_user, 'person', 'nobody')}")


@blueprint.get("")
@doors.signed_in
def overview() -> Response:
    return page({})


@blueprint.post("/password")
@doors.signed_in
@counted
def change_password() -> AnyResponse:
    if not people.has_password(current_user.person):
        return first_password()
    errors = wrong_password("old") | refused_password()
    if errors:
        return page(errors, status=422)
    people.keep_password_hash(current_user.person, passwords.hashed(request.form["new"]))
    farewell.sign_out_elsewhere(current_user.person, but=current_user.device)
    return done("password")


def first_password() -> AnyResponse:
    """Of who came with a passkey: another way to come in, so only just after signing in."""
    if not fresh.is_fresh():
        return fresh.sign_in_again(url_for("my_signing_in.overview"))
    if errors := refused_password():
        return page(errors, status=422)
    people.keep_password_hash(current_user.person, passwords.hashed(request.form["new"]))
    return done("password_made")


def refused_password() -> dict[str, str]:
    organisation = roster.organisation_of(current_user.org) or {}
    problem = passwords.problem(request.form.get("new", ""), people.email_of(current_user.person), organisation.get("name", ""))
    return {"new": problem} if problem else {}


@blueprint.post("/totp")
@doors.signed_in
@counted
def begin_totp() -> AnyResponse:
    """Set up, or set up again on another phone: then the app of before works no longer."""
    errors = wrong_password("totp_password")
    if errors:
        return page(errors, status=422)
    second_factor.remove(current_user.person)
    return set_up(second_factor.begin(current_user.person, server.secret()), {})


@blueprint.post("/totp/confirm")
@doors.signed_in
@counted
def confirm_totp() -> AnyResponse:
    codes = second_factor.confirm(current_user.person, request.form.get("code", ""), server.secret(), server.now_ms())
    if codes is not None:
        return show_codes(codes)
    secret = second_factor.begun(current_user.person, server.secret())
    return done("") if secret is None else set_up(secret, {"code": "login.code.wrong.app"}, 422)


@blueprint.post("/totp/remove")
@doors.signed_in
@counted
def remove_totp() -> AnyResponse:
    if second_factor.is_required(current_user.person) and not passkeys.has_any(current_user.person):
        return page({"remove_password": "second_way_required"}, status=422)
    errors = wrong_password("remove_password")
    if errors:
        return page(errors, status=422)
    second_factor.remove(current_user.person)
    return done("removed")


@blueprint.post("/recovery-codes")
@doors.signed_in
@counted
def new_recovery_codes() -> AnyResponse:
    errors = wrong_password("codes_password")
    if errors:
        return page(errors, status=422)
    return show_codes(second_factor.new_recovery_codes(current_user.person)) if second_factor.is_set_up(current_user.person) else done("")


def wrong_password(field: str) -> dict[str, str]:
    """Nothing when this field has the password of whoever is signed in."""
    said = request.form.get(field, "")
    if not said:
        return {field: "required"}
    account = people.account_of_person(current_user.person)
    return {} if passwords.fits(account.password_hash if account else None, said) else {field: "not_yours"}


def page(errors: dict[str, str], status: int = 200, typed: dict[str, str] | None = None) -> Response:
    """`typed`: the name that somebody just gave to a passkey."""
    person = current_user.person
    held, required = passkeys.of_person(person), second_factor.is_required(person)
    way = {"set_up": second_factor.is_set_up(person), "required": required and not held, "left": second_factor.codes_left(person)}
    rows = [{"one": one, "made": read(one.created_ms), "used": read(one.used_ms), "suspect": read(one.suspect_ms)} for one in held]
    mine = {"rows": rows, "typed": typed or {}, "possible": ceremony.is_possible(), "full": len(held) >= passkeys.MOST}
    facts: dict[str, Any] = {"errors": errors, "way": way, "email": people.email_of(person), "shortest": passwords.SHORTEST, "mine": mine}
    without = provider.password_is_off(person)
    ways = {"without": without, "fresh": fresh.is_fresh(), "has_password": people.has_password(person)}
    return make_response(render_template("people/signing_in.html", done=request.args.get("done", ""), **ways, **facts, **frame()), status)


def set_up(secret: str, errors: dict[str, str], status: int = 200) -> Response:
    address = second_factor.address_of(secret, people.email_of(current_user.person))
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, svgclass="qr", omitsize=True)
    facts: dict[str, Any] = {"secret": secret, "address": address, "qr": drawn, "errors": errors}
    return make_response(render_template("people/set_up_totp.html", **facts, **frame()), status)


def show_codes(codes: list[str]) -> Response:
    return make_response(render_template("people/recovery_codes.html", codes=codes, onward=url_for("my_signing_in.overview"), **frame()))


def done(what: str) -> AnyResponse:
    return redirect(url_for("my_signing_in.overview", done=what or None), 303)
