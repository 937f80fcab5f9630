"""Vaults: the way back into what a phone keeps sealed, and how phones of an organisation lock. What opens what is in store/vaults.py."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, fresh, server
from blueprints.frame import frame
from blueprints.numbers import counted
from store import vaults

blueprint = Blueprint("vaults", __name__)

SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
MOST_MINUTES = 120


@blueprint.put("/vault/<uuid:vault>")
@doors.device
def keep(vault: Any) -> AnyResponse:
    secret = doors.facts_sent().get("secret")
    if not isinstance(secret, str) or not SECRET.fullmatch(secret):
        return doors.refused(422, "malformed", "32 bytes as base64url are asked for")
    kept = vaults.keep(str(vault), current_user.person, secret, server.secret(), server.now_ms())
    if kept is None:
        return unknown()
    return Response(status=204) if kept else doors.refused(409, "taken", "This vault has another secret.")


@blueprint.get("/vault/<uuid:vault>")
@doors.device
def secret(vault: Any) -> AnyResponse:
    """For who signed in a moment ago: a phone that was left open must not give its own way in."""
    if not fresh.is_fresh():
        return doors.refused(403, "not_fresh", "Meld u opnieuw aan.")
    kept = vaults.secret_of(str(vault), current_user.person, server.secret())
    return jsonify(secret=kept) if kept else unknown()


def unknown() -> Response:
    """Another person's vault is as one that is not there."""
    return doors.refused(404, "unknown", "This vault is not known here.")


@blueprint.get("/organisation/lock")
@doors.admin
def rule() -> Response:
    now = vaults.rule_of(current_user.org)
    return page({**vars(now), "pin_idle_min": str(now.pin_idle_min)}, {})


@blueprint.post("/organisation/lock")
@doors.admin
def set_rule() -> AnyResponse:
    typed = request.form.get("pin_idle_min", "").strip()
    minutes = counted(typed, MOST_MINUTES)
    values = {
        "pin_required": request.form.get("pin_required") == "yes",
        "pin_idle_min": typed,
        "locked_alarm": "locked_alarm" in request.form,
        "locked_bonnet": "locked_bonnet" in request.form,
    }
    errors = {}
    if request.form.get("pin_required") not in ("yes", "no"):
        errors["pin_required"] = "error.required"
    if minutes is None:
        errors["pin_idle_min"] = "page.lock_rule.idle.wrong"
    if errors:
        return page(values, errors, 422)
    vaults.set_rule(server.by(), vaults.LockRule(**{**values, "pin_idle_min": minutes}))
    return redirect("/organisation/lock?kept=1", 303)


def page(values: dict[str, Any], errors: dict[str, str], status: int = 200) -> Response:
    return Response(render_template("organisation/lock.html", **frame(), values=values, errors=errors, kept="kept" in request.args), status)
