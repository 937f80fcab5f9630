"""Taking an invitation: whoever has the link sees who invites them, and makes a passkey or chooses a password. It works once, for 72 hours
(`store/invitations.py`).

Looking uses nothing up, because programs that show a preview of a link look too. Also here: `flask first-admin`, which begins an organisation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import click
from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import ceremony, doors, farewell, halfway, identity, passwords, server
from blueprints.frame import nobody
from blueprints.limits import limiter, tries
from blueprints.person_form import Errors, Values, tidy, wrong
from card import hlc
from card.clock import clock, day
from store import invitations, passkeys, provider, roster
from store.administration import By
from store.invitations import Invited, Shown
from store.refused import Refused

blueprint = Blueprint("invitations", __name__, cli_group=None)

ACCEPT = "accept"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def which() -> str:
    """Links that nobody was given count as one: whoever makes them up does not get a count for each."""
    found = invitations.of_token((request.view_args or {})["token"], server.now_ms())
    return f"invitation {found.id}" if found else "no invitation"


@blueprint.get("/invitations/<token>")
@doors.public
def invitation(token: str) -> Response:
    found = found_or_404(token)
    if found.state == "open" and is_for_provider(found):
        return by_provider(found)
    return page(found, {"name": found.invited.name, "email": found.invited.email}, {}) if found.state == "open" else over(found.state)


@blueprint.post("/invitations/<token>")
@doors.public
@tries("30 per 15 minutes", key_func=which)
def accept(token: str) -> AnyResponse:
    found = found_or_404(token)
    if found.state != "open":
        return over(found.state)
    if is_for_provider(found):
        return by_provider(found)
    values, password = given(found, request.form), request.form.get("password", "")
    errors = wrong(values, required=("name", "email"))
    problem = passwords.problem(password, values["email"], found.org_name)
    if problem:
        errors["password"] = problem
    if errors:
        return page(found, values, errors, 422)
    person = invitations.accept(token, values["email"], values["name"], passwords.hashed(password), server.now_ms())
    if isinstance(person, Refused):
        return page(found, values, {"email": person.code}, 422) if person.code == "in_use" else over(found_or_404(token).state)
    if found.person is not None:
        farewell.sign_out_elsewhere(person)
    return halfway.begin(person, "/")


@blueprint.post("/invitations/<token>/passkey/options")
@doors.public
@limiter.limit("30 per 15 minutes", key_func=which)
def ask_for_passkey(token: str) -> Response:
    """For a new account only: a link for a new password is for who has lost the others."""
    found = found_or_404(token)
    if found.state != "open" or found.person is not None or is_for_provider(found):
        return ceremony.refused(410, "over")
    values = given(found, fields_told())
    if errors := wrong(values, required=("name", "email")):
        return not_yet(errors)
    if invitations.is_taken(values["email"]):
        return not_yet({"email": "in_use"})
    whom = ceremony.Whom(passkeys.new_handle(), values["email"], values["name"])
    return ceremony.ask_to_make(ACCEPT, whom, [], {"invitation": found.id, "handle": whom.handle, **values})


@blueprint.post("/invitations/<token>/passkey")
@doors.public
@limiter.limit("30 per 15 minutes", key_func=which)
def accept_with_passkey(token: str) -> AnyResponse:
    """Name and address are those for which the passkey was made: authenticators show it by them."""
    found, new = found_or_404(token), ceremony.made(ACCEPT)
    if isinstance(new, Refused):
        return ceremony.refused(400, new.code)
    if new.about["invitation"] != found.id:
        return ceremony.refused(400, "expired")
    if found.state != "open" or is_for_provider(found):
        return ceremony.refused(410, "over")
    came = invitations.accept(token, new.about["email"], new.about["name"], "", server.now_ms(), (new.about["handle"], new.made))
    if isinstance(came, Refused):
        return not_yet({"email": came.code}) if came.code == "in_use" else ceremony.refused(410, "over")
    onward, browser = identity.arrive(came, "/")
    return identity.remember_browser(jsonify(next=onward), browser)


def not_yet(errors: Errors) -> Response:
    """What is wrong with what was typed, as one sentence, and the field where it is."""
    name, code = next(iter(errors.items()))
    return ceremony.refused(422, code, f"{ceremony.said(f'people.field.{name}')}: {ceremony.said(f'people.error.{code}')}", field=name)


def fields_told() -> dict[str, str]:
    fields = doors.facts_sent().get("fields")
    return {name: text for name, text in fields.items() if isinstance(text, str)} if isinstance(fields, dict) else {}


def given(found: Shown, said: Mapping[str, str]) -> Values:
    """Name and address: what the invitation says already cannot be said otherwise, but a name may be spelled better by its owner."""
    values = tidy(said, "name", "email")
    if found.person is not None:
        return {"name": found.invited.name, "email": found.invited.email}
    return {**values, "email": found.invited.email or values["email"]}


def is_for_provider(found: Shown) -> bool:
    """Whether this link is of no use: the organisation wants everybody but its administrators to sign in at its provider."""
    return found.invited.role != "admin" and provider.passwords_are_off(found.org)


def by_provider(found: Shown) -> Response:
    return make_response(render_template("people/by_provider.html", found=found, **nobody()))


def found_or_404(token: str) -> Shown:
    return invitations.of_token(token, server.now_ms()) or abort(404)


def page(found: Shown, values: Values, errors: Errors, status: int = 200) -> Response:
    until = hlc.tick(None, found.expires_ms, "00000000")
    mine = current_user.name if current_user.is_authenticated else None
    possible = found.person is None and ceremony.is_possible()
    facts: dict[str, Any] = {"found": found, "values": values, "errors": errors, "until": until, "signed_in_as": mine}
    facts["passkey_path"] = request.path.rstrip("/") + "/passkey"
    return make_response(render_template("people/accept.html", shortest=passwords.SHORTEST, passkeys=possible, **facts, **nobody()), status)


def over(state: str) -> Response:
    return make_response(render_template("people/over.html", state=state, **nobody()), 410)


@blueprint.cli.command("first-admin")
@click.option("--organisation", "slug", required=True, help="its slug: small letters, digits and hyphens")
@click.option("--name", help="what the organisation is called, when it is new")
@click.option("--domain", type=click.Choice(["police", "care"]), help="when it is new; it stays")
@click.option("--sector", help="when it is new: politie, ggz, jeugd, ...")
@click.option("--email", required=True, help="of the administrator")
@click.option("--again", is_flag=True, help="also when there is an administrator already")
@click.option("--address", help="where people reach this server, such as https://motorkap.example")
def first_admin(slug: str, name: str | None, domain: str | None, sector: str | None, email: str, again: bool, address: str | None) -> None:
    """Invites the first administrator of an organisation, and makes the organisation where it is not there yet. Prints a link that works once."""
    email = email.strip().lower()
    if wrong({"email": email}):
        raise click.ClickException(f"{email} is no e-mail address.")
    ready_for_admin(slug, name, domain, sector, again)
    by = By(slug, server.now_ms(), None, "flask first-admin")
    made = invitations.invite(by, Invited(email, "", "", "admin", ""))
    if isinstance(made, Refused):
        raise click.ClickException(f"{email} has an account already.")
    until = hlc.tick(None, made.expires_ms, "00000000")
    here = address or f"http://localhost:{current_app.config['PORT']}"
    click.echo(f"{here.rstrip('/')}/invitations/{made.token}")
    click.echo(f"This link works once, until {day(until)} {clock(until)}. Give it to {email} and to nobody else.")


def ready_for_admin(slug: str, name: str | None, domain: str | None, sector: str | None, again: bool) -> None:
    """The organisation is there afterwards and may have this administrator; or the command ends with the reason."""
    known = roster.organisation_of(slug)
    if known is not None and domain not in (None, known["domain"]):
        raise click.ClickException(f"{slug} is of {known['domain']}, and stays so.")
    if known is not None and roster.has_admin(slug) and not again:
        raise click.ClickException(f"{slug} has an administrator, who can invite others. With --again a link is made all the same.")
    if known is not None:
        return
    if not SLUG.fullmatch(slug) or len(slug) > 60:
        raise click.ClickException("The slug of an organisation has small letters, digits and hyphens, 60 at most.")
    if not name or not domain or not sector or wrong({"name": name, "sector": sector}):
        raise click.ClickException(f"{slug} is new: say its --name, --domain and --sector.")
    roster.make_organisation(slug, name.strip(), domain, sector.strip())
