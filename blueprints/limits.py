"""How often somebody may try: only failed attempts count, because a whole team may sign in from one address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, make_response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.exceptions import HTTPException, TooManyRequests

from blueprints import tries_counted  # noqa: F401 (makes its storages known by their schemes)

View = TypeVar("View", bound=Callable[..., Any])
FAILED = (400, 401, 422)

limiter = Limiter(get_remote_address)


def prepare(app: Flask) -> None:
    """Limits stand on single routes, which look for themselves: looking before every call as well finds nothing, and every sync would pay for it."""
    limiter.init_app(app)
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def count(limit: str, *which: str) -> None:
    """One more of whatever `which` names, or `TooManyRequests`."""
    allowed = parse(limit)
    if not limiter.limiter.hit(allowed, *which):
        raise TooManyRequests(retry_after=allowed.get_expiry())


def tries(limit: str, key_func: Callable[[], str] = get_remote_address, scope: str = "") -> Callable[[View], View]:
    """So many failed tries, of whoever `key_func` names; views of one `scope` are counted together.

    A try counts from its beginning and is given back when it did not fail. To count it when it has failed (`deduct_when`) is too late: working out a
    password takes a while, and of a thousand that are sent at once none has failed yet when the last one comes in.
    """
    allowed = parse(limit)

    def limited(view: View) -> View:
        place = scope or f"{view.__module__}.{view.__name__}"

        @wraps(view)
        def tried(*args: Any, **kwargs: Any) -> Any:
            which = ("tries", place, key_func())
            if not limiter.limiter.hit(allowed, *which):
                raise TooManyRequests(retry_after=allowed.get_expiry())
            status = 500
            try:
                answer = make_response(view(*args, **kwargs))
                status = answer.status_code
            except HTTPException as mistake:
                status = mistake.code or 500
                raise
            finally:
                if status not in FAILED:
                    limiter.storage.incr(allowed.key_for(*which), allowed.get_expiry(), -1)
            return answer

        tried.has_limit = True  # type: ignore[attr-defined]
        return tried  # type: ignore[return-value]

    return limited
