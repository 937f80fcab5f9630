"""Sessions: Flask's own signed cookie, read once. A device sends the same one at every call, and checking its signature costs as much as a query.

What is kept is only what the cookie says. Whether that person and that device may still come in is asked of the database at every call
(`store/people.py`), so that who is revoked is out at once.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

MOST_COOKIES = 10_000


class Sessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        cookie = request.cookies.get(self.get_cookie_name(app))
        try:
            said, signed_at = _read(self, app, app.secret_key, cookie) if cookie else ({}, time.time())
        except BadSignature:
            return self.session_class()
        is_old = time.time() - signed_at > app.permanent_session_lifetime.total_seconds()
        return self.session_class() if is_old else self.session_class(said)


def named() -> str:
    """The session that the cookie of this request names, whether it still works or not; nobody but this server can have written it."""
    said = session.get("_user_id")
    return said if isinstance(said, str) else ""


@lru_cache(maxsize=MOST_COOKIES)
def _read(sessions: Sessions, app: Flask, _secret: str | bytes | None, cookie: str) -> tuple[dict[str, Any], float]:
    """What a cookie says and when it was signed. What was not signed here raises, and is not kept."""
    signer = sessions.get_signing_serializer(app)
    assert signer, "no secret"
    said, signed = signer.loads(cookie, return_timestamp=True)
    return said, signed.timestamp()
