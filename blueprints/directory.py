"""Directory: whom can I call now, one service, and the page of an organisation. For everybody; the worker has the same (static/worker/directory.js).

What leads and administrators keep of it is in directory_keeping.py.
"""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import directory_screen, doors
from blueprints.frame import frame, show
from card.access import may_keep
from card.service_request import service_owner
from store import directory

blueprint = Blueprint("directory", __name__)


@blueprint.get("/directory")
@doors.signed_in
def services() -> AnyResponse:
    return show(directory_screen.directory(frame=frame(), book=directory.book(current_user.viewer), asked=request.args.to_dict()))


@blueprint.get("/directory/<path:service>")
@doors.signed_in
def service(service: str) -> AnyResponse:
    may = may_keep(current_user.viewer, service_owner(service))
    facts = {"frame": frame(), "book": directory.book(current_user.viewer), "asked": request.args.to_dict()}
    return show(directory_screen.service(**facts, id=service, may_keep=may) or abort(404))


@blueprint.get("/organisations/<org>")
@doors.signed_in
def kitchen(org: str) -> AnyResponse:
    facts = {"frame": frame(), "book": directory.book(current_user.viewer), "asked": request.args.to_dict()}
    return show(directory_screen.kitchen(**facts, org=org, may_keep=may_keep(current_user.viewer, org)) or abort(404))
