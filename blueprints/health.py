"""Health, for what watches and what stands in front (docs/operations.md): whether this process lives, and whether it should be sent anybody.

`/healthz` asks nobody anything: a process that cannot reach its database is not mended by starting it again. `/readyz` asks the database one
question, and the access log another where that is elsewhere: without it nobody is answered. Without the live fan-out of LIVE_URL phones still share
by asking: then it is ready, and says that it is degraded.
"""

from __future__ import annotations

import logging
import time

from flask import Blueprint, Response, current_app, jsonify
from gevent import Timeout
from sqlalchemy.exc import SQLAlchemyError

from blueprints import doors, measures, server
from store import access_log, schema

blueprint = Blueprint("health", __name__)

PATIENCE_S = 5.0
FITS = ("current", "ahead")
LOG = logging.getLogger(__name__)


@blueprint.get("/healthz")
@doors.public
def healthz() -> Response:
    return jsonify(live=True)


@blueprint.get("/readyz")
@doors.public
def readyz() -> tuple[Response, int]:
    until = time.monotonic() + PATIENCE_S
    tables, access = tables_stand(), access_stands(until)
    is_ending = ends()
    ready = tables in FITS and access == "ok" and not is_ending
    degraded = measures.is_degraded(current_app)
    said = {"ready": ready, "tables": tables, "access": access, "live": "degraded" if degraded else "ok", "ending": is_ending}
    return jsonify(said), 200 if ready else 503


def ends() -> bool:
    """Whether this process was told to stop (blueprints/ending.py)."""
    return bool(current_app.extensions.get("ending")) or not server.hub().open


def tables_stand() -> str:
    """How the tables stand to this version (store/schema.py); `unknown` where the database does not say so soon enough."""
    try:
        with Timeout(PATIENCE_S):
            return schema.standing()
    except (SQLAlchemyError, Timeout) as problem:
        LOG.warning("the database does not answer", extra={"facts": {"problem": type(problem).__name__}})
        return "unknown"


def access_stands(until: float) -> str:
    """Whether the access log answers, by then: both together may take no longer than who asks waits."""
    try:
        with Timeout(max(0.0, until - time.monotonic())):
            access_log.answers()
            return "ok"
    except (SQLAlchemyError, Timeout) as problem:
        LOG.warning("the access log does not answer", extra={"facts": {"problem": type(problem).__name__}})
        return "unknown"
