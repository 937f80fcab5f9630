"""Plans: what is prepared together, from what is late to what was called off. The worker answers the same URL (static/worker/plans.js)."""

from __future__ import annotations

from flask import Blueprint, Response

from blueprints import doors, screen, server
from blueprints.frame import frame, show

blueprint = Blueprint("plans", __name__)


@blueprint.get("/plans")
@doors.signed_in
def plans() -> Response:
    cards = server.folded_of_type("plan")
    return show(screen.plans_page(frame=frame(*cards), cards=cards))
