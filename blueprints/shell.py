"""What a browser needs to keep Motorkap on the phone: the worker at the root, so that it may answer every URL, and the manifest.

With `WORKER=off` the worker is one that goes away, and every page of the server says that no other is to be registered.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory

from blueprints import doors

blueprint = Blueprint("shell", __name__)

# As scripts/build.mjs writes them, the smallest first.
COMPRESSED = (("br", ".br"), ("gzip", ".gz"))


@blueprint.get("/worker.js")
@doors.public
def worker() -> Response:
    folder, name = ("worker", "off.js") if current_app.config["WORKER_OFF"] else ("build", "worker.js")
    answer = smallest(Path(current_app.static_folder or "", folder), name)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


def smallest(folder: Path, name: str) -> Response:
    """The file as it was compressed when it was built, which takes a second and saves a fifth, where the browser takes that; else as it is."""
    taken = [(coding, end) for coding, end in COMPRESSED if request.accept_encodings[coding] and (folder / f"{name}{end}").exists()]
    coding, end = taken[0] if taken else ("", "")
    answer = send_from_directory(folder, name + end, mimetype="text/javascript", max_age=0)
    if coding:
        answer.headers["Content-Encoding"] = coding
    answer.vary.add("Accept-Encoding")
    return answer


@blueprint.app_context_processor
def switched_off() -> dict[str, str]:
    """What the layout says while the worker is off. Only the server knows these words: a page of the worker never has them."""
    return {"worker_off": "page.worker_off"} if current_app.config["WORKER_OFF"] else {}


@blueprint.get("/manifest.webmanifest")
@doors.public
def manifest() -> Response:
    return send_from_directory(str(current_app.static_folder), "manifest.webmanifest", mimetype="application/manifest+json", max_age=3600)
