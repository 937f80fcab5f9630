"""This device: language, installing, what is not shared. Without a worker everything is shared at once, and these screens say so."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen
from blueprints.frame import frame, is_fragment, show

blueprint = Blueprint("phone", __name__)


@blueprint.get("/unsent")
@doors.signed_in
def unsent() -> Response:
    return show(screen.unsent(frame=frame(), unsent=[], refused=[]))


@blueprint.post("/unsent")
@doors.signed_in
def settle() -> AnyResponse:
    """A refused entry is on a phone, and its worker answers this. Here there is none."""
    return redirect("/unsent", 303)


@blueprint.get("/status")
@doors.signed_in
def status() -> Response:
    return show(screen.status(frame=frame(), fragment=is_fragment()))


@blueprint.get("/settings")
@doors.signed_in
def settings() -> Response:
    return show(screen.settings(frame=frame()))
