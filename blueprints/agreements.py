"""Agreements on a person or a place: what is to agree, to renew, holds and ended. The worker answers the same URL (static/worker/agreements.js)."""

from __future__ import annotations

from flask import Blueprint, Response

from blueprints import doors, screen, server
from blueprints.frame import frame, show

blueprint = Blueprint("agreements", __name__)


@blueprint.get("/agreements")
@doors.signed_in
def agreements() -> Response:
    cards = server.folded_of_type("agreement")
    return show(screen.agreements_page(frame=frame(*cards), cards=cards))
