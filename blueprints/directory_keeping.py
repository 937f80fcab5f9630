"""Keeping the directory: team leads and administrators say what stands in it of their organisation, and of services of nobody with an account.

A form carries the version that it was filled from. When somebody else changed it meanwhile nothing is kept: the form comes back with what was typed,
says who that was and what stands there now, and carries that version from then on.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import directory_form as forms
from blueprints import doors, server
from blueprints.directory_form import Errors, Says, Typed
from blueprints.frame import frame
from card.access import may_keep
from card.opening_hours import HOLIDAYS
from card.service_request import service_owner
from card.vocabulary import SITUATIONS
from store import directory, people
from store.directory import Said, Subject
from store.refused import Refused

blueprint = Blueprint("directory_keeping", __name__)

NEW: Typed = {**dict.fromkeys((*forms.TEXTS, *forms.LONG, *forms.DAYS, "always"), ""), **dict.fromkeys(forms.CHOICES, ())}
NEW |= {"kind": "service", "audience": "all", "whose": "own"}


@blueprint.get("/directory/new")
@doors.keeper
def new() -> Response:
    return service_page(None, NEW, {})


@blueprint.post("/directory/new")
@doors.keeper
def add() -> AnyResponse:
    typed = forms.typed_service(request.form)
    says, errors = forms.read_service(typed, audiences(typed["whose"] != "none"))
    if typed["whose"] not in ("own", "none"):
        errors["whose"] = "required"
    if errors:
        return service_page(None, typed, errors, 422)
    id_ = directory.add(current_user.org if typed["whose"] == "own" else "", says, current_user.person, server.now_ms())
    return redirect(f"/directory/{id_}?said=kept", 303)


@blueprint.get("/directory/<path:service>/edit")
@doors.keeper
def edit(service: str) -> Response:
    told = kept_or_404(service)
    return service_page(service, forms.typed_from_service(last_full(told)), {}, told=told)


@blueprint.post("/directory/<path:service>/edit")
@doors.keeper
def change(service: str) -> AnyResponse:
    told, typed = kept_or_404(service), forms.typed_service(request.form)
    says, errors = forms.read_service(typed, audiences(bool(service_owner(service))))
    if errors:
        return service_page(service, typed, errors, 422, told, seen())
    if (refused := say(directory.service(service), says)) is not None:
        return service_page(service, typed, {"form": refused.code}, 409, kept_or_404(service))
    return redirect(f"/directory/{service}?said=kept", 303)


@blueprint.post("/directory/<path:service>/check")
@doors.keeper
def check(service: str) -> AnyResponse:
    """Somebody looked, and it is still so: one tap."""
    if not kept_or_404(service)[0].says:
        abort(404)
    directory.check(service, current_user.person, server.now_ms())
    return redirect(f"/directory/{service}?said=checked", 303)


@blueprint.post("/directory/<path:service>/remove")
@doors.keeper
def remove(service: str) -> AnyResponse:
    """Out of everybody's directory. Its form stays, filled in, and puts it back."""
    told = kept_or_404(service)
    if (refused := say(directory.service(service), {})) is not None:
        return service_page(service, forms.typed_from_service(last_full(told)), {"form": refused.code}, 409, told)
    return redirect(f"/directory/{service}/edit", 303)


@blueprint.get("/organisations/<org>/edit")
@doors.keeper
def page(org: str) -> Response:
    own_or_404(org)
    return organisation_page(org, forms.typed_from_page(page_of(org)), {})


@blueprint.post("/organisations/<org>/edit")
@doors.keeper
def change_page(org: str) -> AnyResponse:
    own_or_404(org)
    typed = forms.typed_page(request.form)
    says, errors = forms.read_page(typed)
    if errors:
        return organisation_page(org, typed, errors, 422, seen())
    if (refused := say(directory.page(org), says)) is not None:
        return organisation_page(org, typed, {"form": refused.code}, 409)
    return redirect(f"/organisations/{org}", 303)


@blueprint.get("/organisations/<org>/contacts/<partner>")
@doors.keeper
def contacts(org: str, partner: str) -> Response:
    partner_or_404(org, partner)
    told = directory.newest(directory.contacts(org, partner))
    return contacts_page(org, partner, forms.typed_from_contacts(told.says if told else {}), {})


@blueprint.post("/organisations/<org>/contacts/<partner>")
@doors.keeper
def change_contacts(org: str, partner: str) -> AnyResponse:
    """Contacts for one partner. A level that is empty is as for everybody; all empty, and nothing is special for that partner."""
    partner_or_404(org, partner)
    typed = forms.typed_contacts(request.form)
    says, errors = forms.read_contacts(typed)
    if errors:
        return contacts_page(org, partner, typed, errors, 422, seen())
    if (refused := say(directory.contacts(org, partner), says)) is not None:
        return contacts_page(org, partner, typed, {"form": refused.code}, 409)
    return redirect(f"/organisations/{org}/edit", 303)


def say(subject: Subject, says: Says) -> Refused | None:
    return directory.say(subject, says, current_user.person, server.now_ms(), seen())


def seen() -> int:
    """The version that the form was filled from."""
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else 0


def kept_or_404(service: str) -> list[Said]:
    """All that was said of a service that this person keeps, newest first."""
    may = server.sayable(service) and may_keep(current_user.viewer, service_owner(service))
    return (directory.history(directory.service(service)) if may else []) or abort(404)


def last_full(told: list[Said]) -> Says:
    """What it says; of one that was taken away what it said before."""
    return next((said.says for said in told if said.says), None) or abort(404)


def own_or_404(org: str) -> None:
    if not may_keep(current_user.viewer, org):
        abort(404)


def partner_or_404(org: str, partner: str) -> None:
    own_or_404(org)
    if partner == org or partner not in {one["id"] for one in people.organisations()}:
        abort(404)


def page_of(org: str) -> Says:
    told = directory.newest(directory.page(org))
    return told.says if told else directory.empty_page()


def audiences(has_account: bool) -> tuple[str, ...]:
    """For whom an entry may be. Of nobody with an account there is no organisation to keep it within."""
    return ("all", current_user.domain, "org") if has_account else ("all", current_user.domain)


def service_page(
    service: str | None, typed: Typed, errors: Errors, status: int = 200, told: list[Said] | None = None, version: int | None = None
) -> Response:
    """The form of a service. `version`: the one that was seen, where it stays that one; else the newest."""
    told = told or []
    facts: dict[str, Any] = {
        "service": service,
        "gone": bool(told) and not told[0].says,
        "audiences": audiences(service is None or bool(service_owner(service))),
        "contexts": SITUATIONS,
        "holidays": HOLIDAYS,
        "purposes": forms.PURPOSES,
        "history": [
            {"by": said.by, "when_ms": said.when_ms, "gone": not said.says, "changed": changed_in(told, place)} for place, said in enumerate(told)
        ],
    }
    now = forms.typed_from_service(told[0].says) if told and told[0].says else {}
    return form_page("service_form", typed, errors, status, told, now, version, **facts)


def changed_in(told: list[Said], place: int) -> list[str]:
    """What a version says otherwise than the one before it."""
    before = told[place + 1].says if place + 1 < len(told) else {}
    return forms.differences(told[place].says, before) if told[place].says and before else []


def organisation_page(org: str, typed: Typed, errors: Errors, status: int = 200, version: int | None = None) -> Response:
    told = directory.history(directory.page(org))
    facts = {"org": org, "partners": others(org), "special": directory.partners(org), "history": said_by(told)}
    return form_page("page_form", typed, errors, status, told, forms.typed_from_page(page_of(org)), version, **facts)


def contacts_page(org: str, partner: str, typed: Typed, errors: Errors, status: int = 200, version: int | None = None) -> Response:
    told = directory.history(directory.contacts(org, partner))
    facts = {"org": org, "partner": partner, "everybody": page_of(org)["contacts"], "history": said_by(told)}
    return form_page("contacts_form", typed, errors, status, told, forms.typed_from_contacts(told[0].says) if told else {}, version, **facts)


def form_page(template: str, typed: Typed, errors: Errors, status: int, told: list[Said], now: Typed, version: int | None, **facts: Any) -> Response:
    """With what is wrong in order of the form; on a conflict with who came in between and what stands there now."""
    conflict = None
    if errors.get("form") == "changed" and told:
        conflict = {
            "by": told[0].by,
            "when_ms": told[0].when_ms,
            "now": {name: now[name] for name in typed if name in now and now[name] != typed[name]},
        }
    problems = [{"field": name, "code": errors[name]} for name in [*typed, *(name for name in errors if name not in typed)] if name in errors]
    shown = {"typed": typed, "errors": errors, "problems": [] if conflict else problems, "conflict": conflict}
    seen_now = version if version is not None else (told[0].version if told else 0)
    return make_response(render_template(f"organisation/{template}.html", **shown, version=seen_now, **facts, **frame()), status)


def said_by(told: list[Said]) -> list[dict[str, Any]]:
    return [{"by": said.by, "when_ms": said.when_ms} for said in told]


def others(org: str) -> list[str]:
    return [str(one["id"]) for one in people.organisations() if one["id"] != org]
