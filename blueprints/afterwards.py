"""Afterwards: after how many hours the people of an organisation are asked how a card went, set by its leads and administrators.

The asking itself is on the home page (screen.py `afterwards`) and in live/push.py; the answer is an entry like any other.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, server
from blueprints.frame import frame
from card.afterwards import MOST_H
from store import afterwards

blueprint = Blueprint("afterwards", __name__)


@blueprint.get("/organisation/afterwards")
@doors.keeper
def asking() -> Response:
    return page(str(afterwards.after_h(current_user.org)), None)


@blueprint.post("/organisation/afterwards")
@doors.keeper
def set_asking() -> AnyResponse:
    typed = request.form.get("hours", "").strip()
    if not typed.isascii() or not typed.isdigit() or int(typed[:5]) > MOST_H:
        return page(typed, "hours", 422)
    afterwards.set_after_h(server.by(), int(typed[:5]))
    return redirect("/organisation/afterwards?kept=1", 303)


def page(typed: str, error: str | None, status: int = 200) -> Response:
    told = {"typed": typed, "error": error, "most": MOST_H, "kept": "kept" in request.args}
    return Response(render_template("organisation/afterwards.html", **frame(), **told), status)
