"""How often somebody may try: only failed attempts count, because a whole team may sign in from one address."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

limiter = Limiter(get_remote_address)


def prepare(app: Flask) -> None:
    """Limits stand on single routes, which look for themselves: looking before every call as well finds nothing, and every sync would pay for it."""
    limiter.init_app(app)
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def failed(answer: Response) -> bool:
    return answer.status_code in (401, 422)
