"""What goes wrong, in plain words: a page for people, JSON for devices. What somebody typed is theirs: the page says how to get back to it."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, jsonify, render_template
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin, current_user
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, ServiceUnavailable

from blueprints import doors, logs
from blueprints.engine import words
from blueprints.frame import frame, language, nobody
from store.unwell import ERRORS, cannot_hold, is_unwell

KNOWN = (400, 403, 404, 405, 413, 429, 503)
OF_THEIR_OWN = {"malformed": "page.error.unkeepable", "too_many_refusals": "page.error.too_many_refusals"}
"""What has a sentence of its own, and not that of its status."""
DATABASE_RESTS_S = 5
"""When to ask again while the database does not do its work: phones and browsers wait at least so long."""

LOG = logging.getLogger(__name__)


def prepare(app: Flask) -> None:
    app.register_error_handler(HTTPException, mistake)
    for kind in ERRORS:
        app.register_error_handler(kind, of_database)


def of_database(problem: Exception) -> Any:
    """The database is away, full or too busy: who asked comes again, and has lost nothing. What it cannot hold is a mistake of who sent it."""
    if is_unwell(problem):
        LOG.error("the database does not do its work", extra={"facts": {"problem": type(problem).__name__}})
        return mistake(ServiceUnavailable(retry_after=DATABASE_RESTS_S))
    if cannot_hold(problem):
        return mistake(Unkeepable())
    raise problem


class Unkeepable(BadRequest):
    """A text with a NUL character, or longer than what it is for, that no form looked at."""

    name = "malformed"  # type: ignore[assignment]


def mistake(error: HTTPException) -> Any:
    status = error.code or 500
    code = error.name.lower().replace(" ", "_")
    logs.refused_with(code)
    wait_s = wait_of(error)
    headers = {"Retry-After": str(wait_s)} if wait_s else {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    what = OF_THEIR_OWN.get(code, f"page.error.{status if status in KNOWN else 500}")
    if doors.is_of_devices() or doors.wants_json():
        said = words(language())[what].replace("{minutes}", str(wait_s // 60)) if wait_s else error.description
        return jsonify(error=code, message=said), status, headers
    facts = {"what": what, "status": status, "minutes": wait_s // 60}
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return page(**facts, **frame()) if has_a_frame(status, code) else of_nobody(app, language(), **facts), status, headers


def has_a_frame(status: int, code: str) -> bool:
    """Whether somebody who is signed in looks at this page. Nobody is looked up for who asks for no page or is cut short; and where the server itself
    fails nothing is asked of the database, also not who is signed in: that may be what fails.
    """
    if status < 500 and code != "too_many_refusals" and doors.wants_page():
        return bool(current_user.is_authenticated)
    g.setdefault("_login_user", AnonymousUserMixin())
    return False


def page(**facts: Any) -> str:
    return render_template("errors/error.html", **facts)


@lru_cache
def of_nobody(_app: Flask, _lang: str, **facts: Any) -> str:
    """The same for everybody who is not signed in, so it is made once."""
    return page(**facts, **nobody())


def wait_of(error: HTTPException) -> int:
    """How many seconds to wait, by the limit that was reached; 0 where it is no matter of waiting."""
    if isinstance(error, RateLimitExceeded):
        return int(error.limit.limit.get_expiry()) if error.limit else 0
    return int(getattr(error, "retry_after", None) or 0)
