"""What a browser needs to keep Motorkap on the phone: the worker at the root, so that it may answer every URL, and the manifest.

With `WORKER=off` the worker is one that goes away, and every page of the server says that no other is to be registered.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, send_from_directory

from blueprints import doors

blueprint = Blueprint("shell", __name__)


@blueprint.get("/worker.js")
@doors.public
def worker() -> Response:
    folder, name = ("worker", "off.js") if current_app.config["WORKER_OFF"] else ("build", "worker.js")
    answer = send_from_directory(f"{current_app.static_folder}/{folder}", name, mimetype="text/javascript", max_age=0)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@blueprint.app_context_processor
def switched_off() -> dict[str, str]:
    """What the layout says while the worker is off. Only the server knows these words: a page of the worker never has them."""
    return {"worker_off": "page.worker_off"} if current_app.config["WORKER_OFF"] else {}


@blueprint.get("/manifest.webmanifest")
@doors.public
def manifest() -> Response:
    return send_from_directory(str(current_app.static_folder), "manifest.webmanifest", mimetype="application/manifest+json", max_age=3600)
