"""Calendars: the feed of follow-ups and planned visits for the calendar of one person, by a secret address that they make and withdraw themselves.

The address is a secret like a password, so it is shown once, when it is made. A calendar program has no cookie: whoever has the address reads the
feed, and what it says is little for that reason (blueprints/agenda.py).
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import agenda, ceremony, doors, server
from blueprints.engine import words
from blueprints.frame import frame
from export.calendar import MIMETYPE, calendar
from store import calendar_addresses

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/settings/calendar")
@doors.signed_in
def settings() -> Response:
    return page("")


@blueprint.post("/settings/calendar")
@doors.signed_in
def make() -> Response:
    """A new address, which ends the old one. It is in this answer and nowhere else."""
    secret = calendar_addresses.make(current_user.person, server.now_ms())
    return page(f"{ceremony.origin()}/calendar/{secret}.ics")


@blueprint.post("/settings/calendar/withdraw")
@doors.signed_in
def withdraw() -> AnyResponse:
    calendar_addresses.withdraw(current_user.person)
    return redirect("/settings/calendar", 303)


@blueprint.get("/calendar/<secret>.ics")
@doors.feed
def feed(secret: str) -> Response:
    return Response(calendar(words("nl")["calendar.name"], agenda.events(whole=False), server.now_ms()), mimetype=MIMETYPE)


def page(address: str) -> Response:
    return Response(render_template("calendar.html", address=address, kept=calendar_addresses.of(current_user.person), **frame()))
