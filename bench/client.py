"""A phone without a screen: signs in, hands in entries, listens. Sockets only, so that it costs little beside the server it measures."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
import zlib
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

import brotli
import uuid6

PASSWORD = "motorkap-demo"


def new_id() -> str:
    return str(uuid6.uuid7())


def unpacked(content: bytes, how: str) -> bytes:
    """What the server sent, by its Content-Encoding."""
    if how == "br":
        return brotli.decompress(content)
    return zlib.decompress(content, 31) if how == "gzip" else content


class Phone:
    """A signed-in device of a demo account at the server `base`."""

    def __init__(self, base: str, account: str, session: str | None = None) -> None:
        self.host = urlsplit(base).netloc
        self.cookies: dict[str, str] = {"session": session} if session else {}
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.have: dict[str, int] = {}
        self.received = 0
        self.counter = secrets.randbelow(1000)
        if session is None:
            self._sign_in(account)
        self.me: dict[str, Any] = json.loads(self._request("GET", "/me.json"))

    def _sign_in(self, account: str) -> None:
        form = self._request("GET", "/login").decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        assert token, "the sign-in form has no token"
        fields = {"email": account, "password": PASSWORD, "csrf_token": token.group(1)}
        self._request("POST", "/login", urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def _request(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        headers = self._headers() | {"Accept-Encoding": "gzip, deflate, br"} | ({"Content-Type": kind} if body is not None else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")
                self.cookies.update([cookie.split("=", 1)])
        content = answer.read()
        self.received += len(str(answer.headers)) + len(content)
        content = unpacked(content, answer.getheader("Content-Encoding", ""))
        assert answer.status < 400, (method, path, answer.status, content[:300])
        return content

    def page_ms(self, path: str, holds: bytes) -> float:
        """From asking for a page until its last byte, in milliseconds; it must be the page that holds this."""
        begin = time.perf_counter()
        page = self._request("GET", path)
        took = 1000 * (time.perf_counter() - begin)
        assert holds in page, path
        return took

    def entry(self, card: str, kind: str, **body: Any) -> dict[str, Any]:
        self.counter = (self.counter + 1) % 0x10000
        at = f"{int(time.time() * 1000):013d}-{self.counter:04x}-{self.me['device'][:8]}"
        return {
            "id": new_id(), "card": card, "kind": kind, "at": at, "by": self.me["person"], "org": self.me["org"],
            "device": self.me["device"], "audience": "all", "supersedes": [], "body": body,
        }  # fmt: skip

    def sync(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """One call, as a phone makes it: it says what it has, and remembers what it got."""
        answer: dict[str, Any] = json.loads(self._sync(entries))
        self.have.update(answer["upto"])
        return answer

    def _sync(self, entries: list[dict[str, Any]]) -> bytes:
        return self._request("POST", "/sync", json.dumps({"epoch": self.me["epoch"], "have": self.have, "entries": entries}).encode())

    def catch_up(self) -> int:
        """Ask until there is no more. How many calls it took. Only what says how to go on is read: reading all is not the server's work."""
        return next(calls for calls in count(1) if not self._reads_on())

    def _reads_on(self) -> bool:
        head, _, _ = self._sync([]).partition(b',"entries":[')
        told = json.loads(head + b"}")
        self.have.update(told["upto"])
        return bool(told["more"])

    def open_card(self, *organisations: str) -> str:
        card = new_id()
        opening = self.entry(card, "card.opened", situation="crisis_assessment", place="Kruispunt")
        shares = [self.entry(card, "card.shared", organisation=organisation) for organisation in organisations]
        refused = self.sync([opening, *shares])["rejected"]
        assert not refused, refused
        return card

    def open_stream(self) -> http.client.HTTPConnection:
        """A stream that is opened and then left alone, for counting what it costs."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        connection.request("GET", "/live", headers=self._headers())
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        answer.readline()
        return connection

    def live(self) -> Iterator[dict[str, Any]]:
        """The objects that `GET /live` brings, as they come, on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        connection.request("GET", "/live", headers=self._headers())
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        while line := answer.readline():
            if line.startswith(b"data:"):
                yield json.loads(line[5:])
