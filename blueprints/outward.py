"""Outward: calls to an address that an administrator typed or a browser gave. The server can reach what people outside cannot, so it must not be led
there (OWASP, Server-Side Request Forgery): only https, only public addresses, checked on the address that is really called and not on an earlier
answer of the name server; no redirects, little time and little room. The time is for the whole of a call, from asking its name to the last byte of
the answer: whoever lets a byte come now and then keeps nobody.

`PROVIDER_NETWORKS` and `PUSH_NETWORKS` name networks that may be called all the same: those of an organisation's own data centre, or this machine in
tests. On this machine plain http is then enough.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from gevent import Timeout
from gevent.monkey import get_original, is_module_patched
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError
from urllib3.util.connection import create_connection

from store.aside import Threads

TIMEOUT_S = 5.0
PATIENCE_S = 10.0
"""`TIMEOUT_S`: without anything coming. `PATIENCE_S`: for all of one call."""
MOST = 512 * 1024
NAMES_AT_ONCE = 32
HERE = ("localhost", "127.0.0.1", "[::1]")

Networks = Sequence[IPv4Network | IPv6Network]
Done = TypeVar("Done")

_names = Threads(NAMES_AT_ONCE)


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
        return in_time(lambda: self._whole(request, more))

    def _whole(self, request: Any, more: dict[str, Any]) -> Any:
        answer = super().send(request, **{**more, "stream": True, "proxies": {}})
        try:
            if answer.is_redirect:
                raise Forbidden("redirected")
            answer._content = _read(answer.raw)
            answer._content_consumed = True
        finally:
            answer.close()
        return answer


def in_time(call: Callable[[], Done]) -> Done:
    """What it gives, if it does so within `PATIENCE_S`. What a socket knows of time is between two bytes, so that is no bound."""
    return _by_gevent(call) if is_module_patched("socket") else _by_a_thread(call)


def _by_gevent(call: Callable[[], Done]) -> Done:
    ours = Timeout(PATIENCE_S)
    ours.start()
    try:
        return call()
    except Timeout as late:
        if late is not ours:
            raise
        raise Forbidden("too_slow") from None
    finally:
        ours.close()


_here = threading.local()


def _by_a_thread(call: Callable[[], Done]) -> Done:
    """Without gevent (a command, a test) nobody can be called back from where they wait: somebody else waits, and is cut off."""
    done: Future[Done] = Future()
    connections: list[HTTPConnection] = []

    def work() -> None:
        _here.connections = connections
        try:
            done.set_result(call())
        except BaseException as problem:
            done.set_exception(problem)

    threading.Thread(target=work, daemon=True, name="outward").start()
    if not wait([done], PATIENCE_S).done:
        for connection in connections:
            with suppress(OSError, AttributeError):  # closed already, or not connected yet
                connection.sock.shutdown(socket.SHUT_RDWR)
        raise Forbidden("too_slow")
    return done.result()


def _read(raw: Any) -> bytes:
    """All of it, unless it is too much. Nothing is unpacked: a small answer could become a large one."""
    parts: list[bytes] = []
    while part := raw.read1(64 * 1024, decode_content=False):
        parts.append(part)
        if sum(map(len, parts)) > MOST:
            raise Forbidden("too_much")
    return b"".join(parts)


def _pools(allowed: Networks) -> dict[str, type[HTTPConnectionPool]]:
    """Connections that look at each address before they call it."""

    def called(connection: HTTPConnection) -> socket.socket:
        try:
            found = _names.do(get_original("socket", "getaddrinfo"), connection.host, connection.port, 0, socket.SOCK_STREAM)
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

    class PlainPool(_Noting, HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(_Noting, HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Noting(HTTPConnectionPool):
    """Says which connection a call has, so that it can be cut off (`_by_a_thread`)."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if (connections := getattr(_here, "connections", None)) is not None:
            connections.append(connection)
        return connection


def _first_that_answers(addresses: list[str], connection: HTTPConnection) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses:
        try:
            return create_connection((address, connection.port), connection.timeout)
        except OSError as error:
            last = error
    raise last
