"""GET /healthz: 200 once the server answers requests."""

from __future__ import annotations

from flask import Blueprint

from blueprints import doors

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@doors.public
def healthz() -> tuple[str, int, dict[str, str]]:
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
