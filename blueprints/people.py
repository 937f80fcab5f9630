"""People of an organisation: who they are, inviting, what they may do, and the end of it. For its administrators; to them people of other
organisations do not exist.
"""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, farewell, server
from blueprints.frame import frame
from blueprints.period import read_ms
from blueprints.person_form import Errors, Values, tidy, wrong
from card import hlc
from store import administration, invitations, passkeys, people, provider, provider_link, roster, second_factor
from store.invitations import Invited, Made
from store.refused import Refused

blueprint = Blueprint("people", __name__, url_prefix="/people")

SECOND_FACTOR = ("optional", "required")


@blueprint.get("")
@doors.admin
def roster_page() -> Response:
    text, skip = request.args.get("q", "").strip()[:100], max(0, request.args.get("skip", 0, type=int))
    rows, total = roster.people_of(current_user.org, text, skip)
    has_provider = provider.provider_of(current_user.org) is not None
    waiting = [one for one in invitations.open_of(current_user.org, server.now_ms(), has_provider) if is_about(one.invited, text)]
    facts = {"waiting": waiting[: roster.PAGE], "waiting_total": len(waiting), "organisation": mine()}
    return page("list", rows=rows, total=total, text=text, skip=skip, page=roster.PAGE, **facts)


@blueprint.get("/invite")
@doors.admin
def invite_form() -> Response:
    return page("invite", values={"role": "member"}, errors={}, teams=roster.teams_of(current_user.org))


@blueprint.post("/invite")
@doors.admin
def invite() -> Response:
    values = tidy(request.form, "email", "name", "function", "role", "team")
    errors = wrong(values, required=("role",))
    if not values["email"] and not values["name"]:
        errors["name"] = "name_or_email"
    if not values["email"] and values["role"] != "admin" and provider.passwords_are_off(current_user.org):
        errors["email"] = "provider_needs_address"
    made = None if errors else invitations.invite(server.by(), Invited(**values))
    if isinstance(made, Refused):
        errors = {"email": made.code}
    if errors or made is None or isinstance(made, Refused):
        return page("invite", 422, values=values, errors=errors, teams=roster.teams_of(current_user.org))
    return link_page(made, "invite", values["name"] or values["email"])


@blueprint.post("/invitations/<invitation>/withdraw")
@doors.admin
def withdraw(invitation: str) -> AnyResponse:
    if not invitations.withdraw(server.by(), invitation):
        abort(404)
    return redirect(url_for("people.roster_page"), 303)


@blueprint.get("/<person>")
@doors.admin
def person(person: str) -> Response:
    found = found_or_404(person)
    return person_page(found, {name: getattr(found, name) for name in ("name", "function", "role", "team")}, {})


@blueprint.post("/<person>")
@doors.admin
def change(person: str) -> AnyResponse:
    found = found_or_404(person)
    values = tidy(request.form, "name", "function", "role", "team")
    errors = wrong(values, required=("name", "role"))
    changed = None if errors else roster.change(server.by(), person, values)
    if isinstance(changed, Refused):
        errors = {"role": changed.code}
    if errors:
        return person_page(found, values, errors, 422)
    if values["role"] != found.role:
        server.hub().end_person(person)
    people.forget_names()
    return back_to(person, "changed")


@blueprint.post("/<person>/deactivate")
@doors.admin
def deactivate(person: str) -> AnyResponse:
    found = found_or_404(person)
    gone = roster.deactivate(server.by(), person)
    if isinstance(gone, Refused) and gone.code == "last_admin":
        return person_page(found, {name: getattr(found, name) for name in ("name", "function", "role", "team")}, {"active": "last_admin"}, 422)
    farewell.send_away(person, current_user.person)
    return back_to(person, "deactivated")


@blueprint.post("/<person>/reactivate")
@doors.admin
def reactivate(person: str) -> AnyResponse:
    found_or_404(person)
    roster.reactivate(server.by(), person)
    return back_to(person, "reactivated")


@blueprint.post("/<person>/new-password")
@doors.admin
def new_password(person: str) -> AnyResponse:
    found = found_or_404(person)
    made = invitations.new_password_link(server.by(), person)
    return back_to(person, "") if isinstance(made, Refused) else link_page(made, "password", found.name)


@blueprint.post("/<person>/second-way/reset")
@doors.admin
def reset_second_way(person: str) -> AnyResponse:
    found_or_404(person)
    second_factor.reset(server.by(), person)
    return back_to(person, "second_way_reset")


@blueprint.post("/<person>/passkeys/reset")
@doors.admin
def reset_passkeys(person: str) -> AnyResponse:
    found = found_or_404(person)
    if (refused := passkeys.reset(server.by(), person)) is not None:
        return person_page(found, {name: getattr(found, name) for name in ("name", "function", "role", "team")}, {"passkeys": refused.code}, 422)
    return back_to(person, "passkeys_reset")


@blueprint.get("/organisation")
@doors.admin
def organisation() -> Response:
    return page("organisation", values=mine(), errors={}, organisation=mine(), done=request.args.get("done") == "changed")


@blueprint.post("/organisation")
@doors.admin
def change_organisation() -> AnyResponse:
    values = tidy(request.form, "name", "sector", "second_factor")
    errors = wrong({name: values[name] for name in ("name", "sector")}, required=("name", "sector"))
    if values["second_factor"] not in SECOND_FACTOR:
        errors["second_factor"] = "required"
    if errors:
        return page("organisation", 422, values=values, errors=errors, organisation=mine(), done=False)
    roster.change_organisation(server.by(), values)
    people.forget_names()
    return redirect(url_for("people.organisation", done="changed"), 303)


@blueprint.get("/log")
@doors.admin
def log() -> Response:
    done = administration.done(current_user.org, request.args.get("before", type=int))
    rows = [{"one": one, "at": read_ms(one.at_ms)} for one in done]
    return page("log", rows=rows, more=done[-1].id if len(done) == administration.MOST else None)


def page(name: str, status: int = 200, **facts: Any) -> Response:
    return make_response(render_template(f"people/{name}.html", **facts, **frame()), status)


def person_page(found: roster.Row, values: Values, errors: Errors, status: int = 200) -> Response:
    facts = {"row": found, "values": values, "errors": errors, "teams": roster.teams_of(current_user.org), "done": request.args.get("done", "")}
    held, by_provider = passkeys.of_person(found.id), provider.password_is_off(found.id)
    way = {
        "code": second_factor.is_set_up(found.id),
        "password": people.has_password(found.id) and not by_provider,
        "passkeys": len(held),
        "linked": provider_link.is_linked(found.id),
        "may_have_password": not by_provider,
    }
    copied = [{"name": one.name, "at": read_ms(one.suspect_ms)} for one in held if one.suspect_ms is not None]
    return page("person", status, way=way, copied=copied, **facts)


def link_page(made: Made, what: str, whom: str) -> Response:
    """The link, here and nowhere else: to send, to copy, or to scan from the other's phone."""
    address = url_for("invitations.invitation", token=made.token, _external=True)
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, svgclass="qr", omitsize=True)
    until = hlc.tick(None, made.expires_ms, "00000000")
    return page("link", address=address, qr=drawn, until=until, what=what, whom=whom, replaced=made.replaced)


def found_or_404(person: str) -> roster.Row:
    return roster.person_of(current_user.org, person) or abort(404)


def back_to(person: str, done: str) -> AnyResponse:
    if person == current_user.person and done in ("deactivated", "changed"):
        return redirect("/people", 303)
    return redirect(url_for("people.person", person=person, done=done), 303)


def is_about(invited: Invited, text: str) -> bool:
    """Whether somebody who is invited is among those that are looked for, as in `roster.people_of`."""
    told = f"{invited.name} {invited.email} {invited.function} {invited.team}".lower()
    return all(word in told for word in text.lower().split())


def mine() -> dict[str, Any]:
    return roster.organisation_of(current_user.org) or abort(404)
