"""Outward: calls to an address that an administrator typed or a browser gave. The server can reach what people outside cannot, so it must not be led
there (OWASP, Server-Side Request Forgery): only https, only public addresses, checked on the address that is really called and not on an earlier
answer of the name server; no redirects, little time and little room.

`PROVIDER_NETWORKS` and `PUSH_NETWORKS` name networks that may be called all the same: those of an organisation's own data centre, or this machine in
tests. On this machine plain http is then enough.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError
from urllib3.util.connection import create_connection

TIMEOUT_S = 5.0
PATIENCE_S = 10.0
MOST = 512 * 1024
HERE = ("localhost", "127.0.0.1", "[::1]")

Networks = Sequence[IPv4Network | IPv6Network]


class Forbidden(ValueError):
    """A call that is not made, or an answer that is not read; `code` says why. No OSError: those urllib3 takes for a network that failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_allowed(url: str, allowed: Networks) -> bool:
    """Whether this may be called, or a browser be sent there, as far as the address itself tells."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.netloc) and len(allowed) > 0)


def _is_here(netloc: str) -> bool:
    return netloc.rpartition(":")[0] in HERE or netloc in HERE


def may_call(address: str, allowed: Networks) -> bool:
    """Whether this IP address is of the public internet, or of a network that may be called all the same."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return (found.is_global and not found.is_multicast) or any(found in one for one in allowed)


def session_class(allowed: Networks) -> type[OAuth2Session]:
    """Authlib's session, for calls outward only."""

    class Outward(OAuth2Session):  # type: ignore[misc]
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, default_timeout=TIMEOUT_S, **more)
            self.trust_env = False
            self.headers["Accept-Encoding"] = "identity"
            for scheme in ("https://", "http://"):
                self.mount(scheme, _Careful(allowed))

    return Outward


def session(allowed: Networks) -> requests.Session:
    """A session for calls outward only, that keeps no cookies."""
    made = requests.Session()
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Careful(allowed))
    return made


class _Careful(HTTPAdapter):
    """One call: where it may go, and no more of the answer than is reasonable."""

    def __init__(self, allowed: Networks) -> None:
        self.allowed = allowed
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self.allowed)

    def send(self, request: Any, **more: Any) -> Any:
        if not is_allowed(request.url, self.allowed):
            raise Forbidden("not_https")
        until = time.monotonic() + PATIENCE_S
        answer = super().send(request, **{**more, "stream": True, "proxies": {}})
        try:
            if answer.is_redirect:
                raise Forbidden("redirected")
            answer._content = _read(answer.raw, until)
            answer._content_consumed = True
        finally:
            answer.close()
        return answer


def _read(raw: Any, until: float) -> bytes:
    """All of it, unless it is too much or comes too slowly. Nothing is unpacked: a small answer could become a large one."""
    parts: list[bytes] = []
    while part := raw.read1(64 * 1024, decode_content=False):
        parts.append(part)
        if sum(map(len, parts)) > MOST:
            raise Forbidden("too_much")
        if time.monotonic() > until:
            raise Forbidden("too_slow")
    return b"".join(parts)


def _pools(allowed: Networks) -> dict[str, type[HTTPConnectionPool]]:
    """Connections that look at each address before they call it."""

    def called(connection: HTTPConnection) -> socket.socket:
        try:
            found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(connection.host, connection, socket.gaierror(str(error))) from error
        addresses = [str(one[4][0]) for one in found]
        if not all(may_call(one, allowed) for one in addresses):
            raise Forbidden("private")
        return _first_that_answers(addresses, connection)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return called(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return called(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _first_that_answers(addresses: list[str], connection: HTTPConnection) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses:
        try:
            return create_connection((address, connection.port), connection.timeout)
        except OSError as error:
            last = error
    raise last
