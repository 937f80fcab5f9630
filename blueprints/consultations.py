"""Consultations: what one side asks the other without an incident, late first. The worker answers the same URL (static/worker/consultations.js)."""

from __future__ import annotations

from flask import Blueprint, Response

from blueprints import doors, screen, server
from blueprints.frame import frame, show

blueprint = Blueprint("consultations", __name__)


@blueprint.get("/consultations")
@doors.signed_in
def consultations() -> Response:
    cards = server.folded_of_type("consultation")
    return show(screen.consultations_page(frame=frame(*cards), cards=cards))
