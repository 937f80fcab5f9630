"""An OpenID provider on a free port of this machine (oidc-provider-mock), which a test can make lie, refuse or fall silent."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oidc_provider_mock

CLIENT = "motorkap"


class Provider:
    """The provider, what it was asked, and what a test changes in its answers.

    `facts` is laid over what it says of itself; `claims` over the ID token (None takes a claim away); `key` signs in the place of its own;
    `breaks` answers a path by itself.
    """

    def __init__(self) -> None:
        self.app = oidc_provider_mock.app()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.facts: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.key: RSAKey | None = None
        self.header: dict[str, str] = {}
        self.breaks: dict[str, Callable[[], Any]] = {}
        self.people: dict[str, dict[str, Any]] = {}
        self.app.before_request(self._note)
        self.app.after_request(self._change)

    def knows(self, sub: str, **claims: Any) -> None:
        """Somebody with an account there, by what it says of them. An address was checked unless told otherwise."""
        self.people[sub] = {"email_verified": True, "name": sub.title(), **claims}

    def _note(self) -> Any:
        request = flask.request
        self.asked.append((request.path, {**request.args.to_dict(), **request.form.to_dict()}))
        for sub, claims in self.people.items():
            flask.g.oidc_provider_mock_storage.store_user(oidc_provider_mock.User(sub=sub, claims=claims))
        broken = self.breaks.get(request.path)
        return broken() if broken else None

    def _change(self, answer: flask.Response) -> flask.Response:
        told = answer.get_json(silent=True)
        if flask.request.path.startswith("/.well-known") and isinstance(told, dict):
            answer.data = flask.json.dumps({**told, **self.facts})
        if flask.request.path == "/oauth2/token" and isinstance(told, dict) and "id_token" in told and (self.claims or self.key or self.header):
            answer.data = flask.json.dumps({**told, "id_token": self._signed(told["id_token"])})
        return answer

    def _signed(self, token: str) -> str:
        own = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
        told = jwt.decode(token, own)
        claims = {name: value for name, value in {**told.claims, **self.claims}.items() if value is not None}
        header = {**told.header, **self.header}
        return jwt.encode(header, claims, self.key or own, algorithms=[header["alg"]])

    def asked_of(self, path: str) -> list[dict[str, str]]:
        return [told for called, told in self.asked if called == path]


@contextmanager
def running() -> Iterator[Provider]:
    one = Provider()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    served = make_server("localhost", 0, one.app, threaded=True)
    one.issuer = f"http://localhost:{served.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        served.shutdown()
        served.server_close()
        thread.join()
