"""Duty: people say until when they are on duty, and an administrator says whether the organisation works with a rota at all."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen, server
from blueprints.frame import frame, show
from card.access import DUTY_RULES
from card.clock import instant_ms, to_instant
from store import duty

blueprint = Blueprint("duty", __name__)


@blueprint.post("/duty")
@doors.signed_in
def begin() -> AnyResponse:
    """On duty until a clock time. Streams end, so that the phones of this person come back and hear what they may see now."""
    said = request.form.get("until", "")
    until = to_instant(said, server.now_ms())
    until_ms = instant_ms(until) if until else 0
    if until_ms <= server.now_ms():
        return show(screen.duty(frame=frame(), said=said, error="past" if until else "no_clock_time"), 422)
    duty.begin(current_user.person, until_ms, server.now_ms())
    server.hub().end_person(current_user.person)
    return redirect("/", 303)


@blueprint.post("/duty/end")
@doors.signed_in
def end() -> AnyResponse:
    duty.end(current_user.person, server.now_ms())
    server.hub().end_person(current_user.person)
    return redirect("/", 303)


@blueprint.get("/duty")
@doors.signed_in
def mine() -> AnyResponse:
    return show(screen.duty(frame=frame(), said=None, error=None))


@blueprint.get("/organisation/duty")
@doors.admin
def rule() -> AnyResponse:
    return show(screen.duty_rule(frame=frame(), rules=DUTY_RULES, error=None, kept="kept" in request.args))


@blueprint.post("/organisation/duty")
@doors.admin
def set_rule() -> AnyResponse:
    chosen = request.form.get("rule", "")
    if chosen not in DUTY_RULES:
        return show(screen.duty_rule(frame=frame(), rules=DUTY_RULES, error="required", kept=False), 422)
    duty.set_rule(server.by(), chosen)
    server.hub().end_organisation(current_user.org)
    return redirect("/organisation/duty?kept=1", 303)
