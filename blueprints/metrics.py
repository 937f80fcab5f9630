"""GET /metrics: what this process counts of itself, as Prometheus reads it. Not for the public (doors.watcher)."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from blueprints import doors
from blueprints.measures import measures

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@doors.watcher
def metrics() -> Response:
    return Response(generate_latest(measures().registry), content_type=CONTENT_TYPE_LATEST)
