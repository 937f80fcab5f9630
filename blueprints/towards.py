"""Towards the provider: an address led to the provider of an organisation, and the way there and back is under way.

It begins with our own form only, because whoever can send a browser on this way could also have it come back as somebody else (login CSRF,
RFC 9700, 4.7). Kept in the signed session, which knows nobody as yet, for as long as people look for their other phone.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from blueprints import server

VALID_MS = 30 * 60 * 1000
_KEY, _ANEW = "towards", "anew"


@dataclass(frozen=True)
class Under:
    """Whose provider, who said to be going there, and where they wanted to be."""

    org: str
    email: str
    next: str


def begin(org: str, email: str, destination: str) -> AnyResponse:
    session[_KEY] = {"org": org, "email": email[:254], "next": destination, "since": server.now_ms()}
    return redirect(url_for("provider.on"), 303)


def current() -> Under | None:
    kept = session.get(_KEY)
    if not kept or not 0 <= server.now_ms() - kept["since"] <= VALID_MS:
        return None
    return Under(kept["org"], kept["email"], kept["next"])


def signed_out() -> None:
    """Who signs out may hand the phone to somebody else: the provider must ask who it is, also when it still knows the one before."""
    session[_ANEW] = True


def anew() -> bool:
    return bool(session.get(_ANEW))
