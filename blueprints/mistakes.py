"""What goes wrong, in plain words: a page for people, JSON for devices. What somebody typed is theirs: the page says how to get back to it."""

from __future__ import annotations

from flask import Flask, jsonify, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from blueprints import doors
from blueprints.frame import frame, nobody

JSON_PATHS = ("/sync", "/live", "/me.json")
KNOWN = (400, 403, 404, 405, 413, 429)


def prepare(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def mistake(error: HTTPException):
        status = error.code or 500
        if request.path in JSON_PATHS or request.path.endswith(".json") or doors.wants_json():
            return jsonify(error=error.name.lower().replace(" ", "_"), message=error.description), status
        what = f"page.error.{status if status in KNOWN else 500}"
        facts = frame() if current_user and current_user.is_authenticated else nobody()
        return render_template("errors/error.html", what=what, status=status, **facts), status
