"""API tokens: administrators make and withdraw with what other systems of their organisation read (blueprints/api.py). A token is shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, period, server
from blueprints.frame import frame
from card.entry import trimmed
from store import api_tokens
from store.api_tokens import DAYS, SCOPES

blueprint = Blueprint("api_tokens", __name__)

LONGEST = 100


@blueprint.get("/organisation/api")
@doors.admin
def all_of_them() -> Response:
    return page({"days": str(DAYS[1])})


@blueprint.post("/organisation/api")
@doors.admin
def make() -> Response:
    typed: dict[str, Any] = {name: trimmed(request.form.get(name, "")) for name in ("name", "days")}
    typed["scopes"] = [scope for scope in SCOPES if scope in request.form.getlist("scopes")]
    errors = wrong_in(typed)
    if errors:
        return page(typed, errors, 422)
    made = api_tokens.make(server.by(), typed["name"], typed["scopes"], int(typed["days"]))
    return page({"days": typed["days"]}, made=made, made_name=typed["name"])


@blueprint.post("/organisation/api/<uuid:api_token>/withdraw")
@doors.admin
def withdraw(api_token: UUID) -> AnyResponse:
    return redirect("/organisation/api", 303) if api_tokens.withdraw(server.by(), str(api_token)) else abort(404)


def wrong_in(typed: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if not typed["name"]:
        errors["name"] = "required"
    elif len(typed["name"]) > LONGEST:
        errors["name"] = "too_large"
    elif not server.sayable(typed["name"]):
        errors["name"] = "wrong"
    if not typed["scopes"]:
        errors["scopes"] = "required"
    if typed["days"] not in map(str, DAYS):
        errors["days"] = "required"
    return errors


def page(typed: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200, **made: str) -> Response:
    rows = [
        {"token": one, **{name: period.read_ms(getattr(one, f"{name}_ms")) for name in ("made", "expires", "used")}}
        for one in api_tokens.of(current_user.org, server.now_ms())
    ]
    told = {"rows": rows, "typed": typed, "errors": errors or {}, "scopes": SCOPES, "days": DAYS, "longest": LONGEST, **made}
    return Response(render_template("organisation/api.html", **frame(), **told), status)
