"""Sessions: Flask's own signed cookie. Its signer is made once, instead of at every call."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return _signer(self, app, str(app.secret_key))


@lru_cache(maxsize=8)
def _signer(sessions: Sessions, app: Flask, _secret: str) -> URLSafeTimedSerializer | None:
    return SecureCookieSessionInterface.get_signing_serializer(sessions, app)
