"""Devices: where somebody is signed in, signing out there, a colleague's lost phone, and how long phones may keep what they have.

Signing out elsewhere and a lost phone are one thing: the device is revoked (store/sessions.py). Who did it is written down, and its person sees that.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, server
from blueprints.frame import frame
from blueprints.limits import limiter
from blueprints.numbers import counted
from store import people, sessions

blueprint = Blueprint("devices", __name__)

SHORTEST_QUESTION = 2
MOST_HOURS = {"session_absolute_h": 365 * 24, "session_idle_h": 90 * 24, "offline_lock_h": 90 * 24, "offline_erase_h": 365 * 24}


@blueprint.get("/devices")
@doors.signed_in
def mine() -> Response:
    answer = page("mine", current_user.person)
    sessions.told(current_user.person)
    return answer


@blueprint.post("/devices/<device>/sign-out")
@doors.signed_in
def sign_out_there(device: str) -> AnyResponse:
    """Another device of one's own. The one in the hand signs out in the settings, and keeps what it has not shared."""
    held = [one.id for one in trusted(current_user.person) if one.id != current_user.device]
    if device not in held:
        abort(404)
    revoke([device], "elsewhere")
    return redirect("/devices", 303)


@blueprint.get("/devices/lost")
@doors.signed_in
def find() -> Response:
    """Whose phone is it? The officer at the scene calls a colleague; any colleague can do this."""
    asked = request.args.get("q")
    said = (asked or "").strip()
    problem = None if asked is None or len(said) >= SHORTEST_QUESTION else "page.lost.short"
    found = people.colleagues(current_user.org, said) if said and not problem else []
    return show("find", asked=asked, errors={"q": problem} if problem else {}, found=found)


@blueprint.get("/devices/lost/<person>")
@doors.signed_in
def lost(person: str) -> AnyResponse:
    colleague(person)
    return page("lost", person)


@blueprint.post("/devices/lost/<person>")
@doors.signed_in
@limiter.limit("20 per hour", key_func=lambda: f"lost {getattr(current_user, 'person', '')}")
def revoke_lost(person: str) -> AnyResponse:
    colleague(person)
    chosen = set(request.form.getlist("device")) & {one.id for one in trusted(person)}
    if not chosen:
        return page("lost", person, errors={"device": "page.lost.choose"}, status=422)
    revoke(sorted(chosen), "lost")
    return redirect(f"/devices/lost/{person}?done=1", 303)


@blueprint.get("/devices/limits")
@doors.admin
def limits() -> Response:
    return show("limits", values=vars(sessions.limits_of(current_user.org)), errors={}, kept="kept" in request.args)


@blueprint.post("/devices/limits")
@doors.admin
def set_limits() -> AnyResponse:
    typed = {name: request.form.get(name, "").strip() for name in MOST_HOURS}
    hours = {name: hour for name, text in typed.items() if (hour := counted(text, MOST_HOURS[name])) is not None}
    errors = {name: "page.limits.number" for name in MOST_HOURS if name not in hours}
    if not errors and hours["offline_erase_h"] <= hours["offline_lock_h"]:
        errors["offline_erase_h"] = "page.limits.after_lock"
    if not errors and hours["session_idle_h"] > hours["session_absolute_h"]:
        errors["session_idle_h"] = "page.limits.within_absolute"
    if errors:
        return show("limits", 422, values=typed, errors=errors, kept=False)
    sessions.set_limits(server.by(), sessions.Limits(**hours))
    return redirect("/devices/limits?kept=1", 303)


def trusted(person: str) -> list[sessions.KnownDevice]:
    return [one for one in sessions.devices_of(person, server.now_ms()) if one.revoked_ms is None]


def colleague(person: str) -> None:
    """Of one's own organisation. For everybody else this person does not exist."""
    if people.names_of([person]).get(person, {}).get("org") != current_user.org:
        abort(404)


def revoke(devices: list[str], why: str) -> None:
    sessions.revoke(sessions.Revoking(devices, current_user.person, why), server.now_ms(), server.sessions_ended)


def page(name: str, person: str, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    """A person's devices: those that are trusted, and those that were revoked, with who did it."""
    known = sessions.devices_of(person, server.now_ms())
    revoked = sorted((one for one in known if one.revoked_ms is not None), key=lambda one: one.revoked_ms or 0, reverse=True)
    return show(
        name,
        status,
        person=person,
        named={person, *(one.revoked_by for one in revoked if one.revoked_by)},
        devices=[shown(one) for one in known if one.revoked_ms is None],
        revoked=[shown(one) for one in revoked],
        errors=errors or {},
        done="done" in request.args,
    )


def shown(one: sessions.KnownDevice) -> dict[str, Any]:
    return {
        **vars(one),
        "here": one.id == current_user.device,
        **{name: f"{moment:013d}-" for name in ("created_ms", "seen_ms", "revoked_ms") if (moment := getattr(one, name)) is not None},
    }


def show(name: str, status: int = 200, named: set[str] | None = None, **facts: Any) -> Response:
    base = frame()
    base["people"] = {**base["people"], **people.names_of(named or set())}
    return Response(render_template(f"devices/{name}.html", **base, **facts), status)
