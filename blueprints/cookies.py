"""Cookies: behind TLS each carries the prefix `__Host-` (RFC 6265bis), by which a browser holds it to TLS, to this host alone and to the whole of it:
no neighbour under the same domain can put one here. Without TLS (a laptop) a browser refuses that prefix, and the names are plain.

No script of ours reads a cookie. Why Lax and not Strict: docs/decisions/0004.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

SAME_SITE = "Lax"
A_YEAR_S = 365 * 24 * 3600


def prepare(app: Flask) -> None:
    """Flask's own cookie, the session, is made as ours are."""
    app.config.update(
        SESSION_COOKIE_NAME=_named(app, "session"),
        SESSION_COOKIE_SECURE=app.config["BEHIND_TLS"],
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE=SAME_SITE,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
    )


def get(name: str) -> str:
    return request.cookies.get(_named(current_app, name), "")


def put(answer: Response, name: str, value: str, max_age_s: int = A_YEAR_S, same_site: str = SAME_SITE) -> None:
    secure = current_app.config["BEHIND_TLS"]
    answer.set_cookie(_named(current_app, name), value, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite=same_site)


def _named(app: Flask, name: str) -> str:
    return f"__Host-{name}" if app.config["BEHIND_TLS"] else name
