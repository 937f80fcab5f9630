"""My passkeys: making one, giving it a name, taking it away; and the one time that a passkey is offered after signing in with a password.

Making and taking away is for who signed in less than a quarter of an hour ago (`blueprints/fresh.py`).
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import ceremony, doors, fresh, identity, my_signing_in, server
from blueprints.ceremony import Whom
from blueprints.frame import frame
from blueprints.person_form import tidy
from store import passkeys, people
from store.refused import Refused

blueprint = Blueprint("my_passkeys", __name__, url_prefix="/me/signing-in")

MAKE = "make"


@blueprint.get("/offer")
@doors.signed_in
def offer() -> AnyResponse:
    onward = identity.safe_next()
    if not ceremony.is_possible() or passkeys.has_any(current_user.person):
        return redirect(onward, 303)
    return make_response(render_template("people/offer.html", onward=onward, **frame()))


@blueprint.post("/passkeys/options")
@doors.signed_in
def ask() -> Response:
    if not fresh.is_fresh():
        return stale()
    person = current_user.person
    whom = Whom(passkeys.handle_of(person), people.email_of(person), current_user.name)
    return ceremony.ask_to_make(MAKE, whom, passkeys.credentials_of(person), {"person": person})


@blueprint.post("/passkeys")
@doors.signed_in
def make() -> Response:
    if not fresh.is_fresh():
        return stale()
    new = ceremony.made(MAKE)
    if isinstance(new, Refused):
        return ceremony.refused(400, new.code)
    if new.about["person"] != current_user.person:
        return ceremony.refused(400, "expired")
    added = passkeys.add(current_user.person, new.made, server.now_ms())
    if isinstance(added, Refused):
        return ceremony.refused(409, added.code)
    return jsonify(next=identity.safe_next(doors.facts_sent().get("next", url_for("my_signing_in.overview", done="passkey_made"))))


@blueprint.post("/passkeys/<passkey>/name")
@doors.signed_in
def rename(passkey: str) -> AnyResponse:
    name = tidy(request.form, "name")["name"]
    problem = "required" if not name else "long" if len(name) > passkeys.LONGEST_NAME else "letters" if not name.isprintable() else None
    if problem:
        return my_signing_in.page({"passkey_name": problem}, status=422, typed={"id": passkey, "name": name})
    return my_signing_in.done("passkey_renamed") if passkeys.rename(current_user.person, passkey, name) else abort(404)


@blueprint.post("/passkeys/<passkey>/remove")
@doors.signed_in
def remove(passkey: str) -> AnyResponse:
    if not fresh.is_fresh():
        return fresh.sign_in_again(url_for("my_signing_in.overview"))
    refused = passkeys.remove(current_user.person, passkey)
    if refused is None:
        return my_signing_in.done("passkey_removed")
    return abort(404) if refused.code == "missing" else my_signing_in.page({"passkeys": refused.code}, status=422)


def stale() -> Response:
    """The page says it, and how to sign in again."""
    return ceremony.refused(403, "stale", onward=url_for("my_signing_in.overview"))
