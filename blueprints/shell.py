"""What a browser needs to keep Motorkap on the phone: the worker at the root, so that it may answer every URL, and the manifest."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, send_from_directory

from blueprints import doors

blueprint = Blueprint("shell", __name__)


@blueprint.get("/worker.js")
@doors.public
def worker() -> Response:
    answer = send_from_directory(f"{current_app.static_folder}/build", "worker.js", mimetype="text/javascript", max_age=0)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@blueprint.get("/manifest.webmanifest")
@doors.public
def manifest() -> Response:
    return send_from_directory(str(current_app.static_folder), "manifest.webmanifest", mimetype="application/manifest+json", max_age=3600)
