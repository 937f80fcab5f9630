"""Whatever anybody sends to whatever address, the server answers and does not fail: no answer of 5xx.

Every rule of the URL map, with every method, by everybody, with fields, JSON, headers and ids that nobody in good faith would send. A seed makes
the same requests again, but for ids that are made anew: `FUZZ=20000 SEED=7 make fuzz`. Without either it is a short round for every test run.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, got_request_exception
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder

from blueprints.limits import limiter
from card.vocabulary import KINDS
from tests.cast import database_in
from tests.http.idor.questions import BODIES, QUERY
from tests.http.idor.requirement import DOORS
from tests.http.idor.world import ACCOUNTS, NOBODY, World, built

REQUESTS = int(os.environ.get("FUZZ", "3000"))
SEED = int(os.environ.get("SEED", "20261125"))
LONGEST_S = 60 if REQUESTS <= 3000 else None

METHODS = ("GET", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY")
TEXTS = (
    "", " ", "0", "-1", "1e999", "NaN", "9" * 30, "\0", "a\0b", "\ud800", "\udfff\ud800", "é\u0301", "\u202e\u200b",
    "\U0001f693" * 40, "١٢٣", "²", "x" * 5_000,
    "'", '"', "<script>alert(1)</script>", "{{ 7 * 7 }}", "{% raw %}", "%00", "%s%n", "../../etc/passwd", "' OR 1=1 --",
    "\r\nSet-Cookie: a=b", "//evil.example",
    "http://[",
    "//[",
    "true", "null", "[]", "{}", "23:59", "24:00", "25:61", "31-02-2026", "2026-02-30", "0001-01-01", "9999-12-31", "police", "care",
    "all", "org", "nobody",
    "019a0000-0000-7000-8000-000000000000", "019A0000-0000-7000-8000-00000000000G", "urn:uuid:019a0000-0000-7000-8000-000000000000",
    "a@b.example", "@", "a@" + "b" * 300,
)  # fmt: skip
BODIES_RAW = (
    b"", b"\0", b"\xff\xfe", b"{", b"[" * 20_000, b'{"entries":[' + b"[" * 500, b"a=b&a=%ff%00&=&&", b"%", b"\xef\xbb\xbf{}",
    b'{"have":{"a":1e400}}',
    b'{"entries":[{"id":NaN}]}', b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", b"x" * 100_000, b"0" * 5_000, b'"\\ud800"',
)  # fmt: skip
TYPES = (
    None, "", "application/json", "application/json; charset=utf-7", "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=klingon",
    "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "y" * 300, "text/plain", "image/png",
    "a/b; c=\"", ";", "text/html; charset=",
)  # fmt: skip
HEADERS = {
    "Accept": ("text/html", "application/json", "*/*", "", "text/html;q=x", "q" * 3_000, "text/event-stream"),
    "HX-Request": ("true", "false", "\xff"),
    "HX-Current-URL": ("http://localhost/cards", "http://[", "//[", "javascript:alert(1)", "http://localhost:99999/x", "x" * 4_000),
    "Referer": ("http://localhost/", "http://[::1", "http://localhost:abc/", "\xff\xfe"),
    "Origin": ("http://localhost", "null", "http://[", ""),
    "Sec-Fetch-Site": ("same-origin", "none", "cross-site", ""),
    "If-None-Match": ('"x"', "*", 'W/"'),
    "If-Modified-Since": ("gisteren", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 99999 99:99:99 GMT"),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-1,-1", "eels=1-2"),
    "Accept-Encoding": ("gzip", "br;q=2", "identity;q=0", "zstd, *;q=0"),
    "Accept-Language": ("nl", "*", "x" * 500),
    "User-Agent": ("", "x" * 10_000, "\xff"),
    "Content-Length": ("0", "-1", "abc", "99999999999"),
    "Transfer-Encoding": ("chunked", "gzip, chunked"),
    "X-Forwarded-For": ("1.2.3.4, x", "\xff"),
    "X-HTTP-Method-Override": ("DELETE",),
    "Host": ("localhost", "evil.example", "[", "localhost:99999", "a b", ""),
    "Cookie": ("session=x", "session=.eJw; browser=x; lang=xx", "browser=" + "é" * 9, "lang=\xff", "=;=", "session=" + "a" * 3_000),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("fuzz")
    world = built(folder, database_in(folder))
    # As in the field: what fails answers 500 instead of stopping the test, and then it is told which request it was.
    world.app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
    return world


class Sender:
    """Makes requests by chance, one after another, of which about half are nearly right: only those come past the first check."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.rules = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint != "static"]
        self.ids = [*world.ids.values(), *world.cards.values(), *(id_ for entries in world.entries.values() for id_ in entries.values())]
        self.fields = sorted(
            {name for told in (*BODIES.values(), *QUERY.values()) for name in told} | {name for kind in KINDS.values() for name in kind["fields"]}
        )
        self.names = [*self.fields, "id", "supersedes", "audience", "override.duties", "override.reason", "before", "skip", "q", "next",
        "code", "names", "card", "do",
                      "device", "file", "text", "keep_names", "ground", "way", "email", "person", "action", "since", "until", "done",
                      "csrf_token", "standard"]  # fmt: skip

    def odd(self) -> str:
        return self.chance.choice(self.ids) if self.chance.random() < 0.3 else self.chance.choice(TEXTS)

    def path(self, rule: Rule) -> str:
        told = rule.rule
        if "offer" in rule.arguments and self.chance.random() < 0.5:  # An offer is of one card.
            told = told.replace("<uuid:card>", self.world.cards["invited"])
        for name in rule.arguments:
            things = [id_ for thing, id_ in self.world.ids.items() if name.replace("_", " ") in thing]
            known = {"card": list(self.world.cards.values())}.get(name) or things or [self.odd()]
            value = self.chance.choice(known) if self.chance.random() < 0.8 else self.odd()
            told = re.sub(f"<(uuid|path):{name}>", f"<{name}>", told).replace(f"<{name}>", value)
        return told if self.chance.random() < 0.95 else told + self.chance.choice(("/", "?", "%00", "\0", "//", ".json", "/..", ";x", "\ud800"))

    def fields_for(self, told: dict[str, Any]) -> dict[str, Any]:
        chosen: dict[str, Any] = dict(told) if self.chance.random() < 0.8 else {}
        for _ in range(self.chance.choice((0, 0, 1, 2, 4))):
            name = self.chance.choice(list(chosen) or self.names) if self.chance.random() < 0.4 else self.chance.choice(self.names)
            chosen[name] = self.odd() if self.chance.random() < 0.8 else [self.odd() for _ in range(self.chance.choice((2, 3, 50)))]
        return chosen

    def form(self, endpoint: str) -> dict[str, Any]:
        if endpoint != "cards.write" or self.chance.random() < 0.1:
            return self.fields_for(BODIES.get(endpoint, {}))
        kind = self.chance.choice(list(KINDS))
        return self.fields_for({"kind": kind, **{name: self.value(field) for name, field in KINDS[kind]["fields"].items()}})

    def value(self, field: dict[str, Any]) -> str:
        """Something that this field may well take."""
        return (
            str(self.chance.choice(field["choices"])) if field.get("choices") else self.chance.choice(("Iets", "14:30", "crisisdienst", self.odd()))
        )

    def json(self, depth: int = 0) -> Any:
        """Any JSON, often of the shape of what /sync takes."""
        pick = self.chance.random()
        if depth > 3 or pick < 0.3:
            return self.chance.choice((None, True, False, 0, -1, 2**63, 1e308, 0.1, self.odd()))
        if pick < 0.45:
            return [self.json(depth + 1) for _ in range(self.chance.randrange(4))]
        if pick < 0.6:
            return {self.odd(): self.json(depth + 1) for _ in range(self.chance.randrange(4))}
        have = {self.chance.choice(self.ids): self.chance.choice((0, 1, -1, 10**30, 1.0, "x", None)) for _ in range(3)}
        return {
            "epoch": self.odd(),
            "have": have,
            "entries": [self.entry(depth) for _ in range(self.chance.randrange(5))],
            self.odd(): self.json(depth + 1),
        }

    def entry(self, depth: int) -> Any:
        phone = self.world.phones[self.chance.choice(list(ACCOUNTS))]
        kind = self.chance.choice([*KINDS, "no.kind"])
        body: dict[str, Any] = {name: self.value(field) for name, field in KINDS.get(kind, {"fields": {}})["fields"].items()}
        entry: dict[str, Any] = phone.entry(self.chance.choice(list(self.world.cards.values())), kind, body)
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            place = entry if self.chance.random() < 0.5 else body
            place[self.chance.choice([*place, self.odd()])] = self.json(depth + 2)
        return entry if self.chance.random() < 0.95 else self.json(depth + 2)

    def request(self) -> tuple[str, str, dict[str, Any]]:
        """Of which rule, who asks, and what."""
        rule = self.chance.choice(self.rules)
        known = rule.methods or set()
        method = self.chance.choice(sorted(known)) if self.chance.random() < 0.8 else self.chance.choice(METHODS)
        more: dict[str, Any] = {"method": method, "path": self.path(rule), "headers": self.headers()}
        if self.chance.random() < 0.5:
            more["query_string"] = (
                self.fields_for(QUERY.get(rule.endpoint, {})) if self.chance.random() < 0.9 else self.odd().encode("utf-8", "surrogatepass")
            )
        if method not in ("GET", "HEAD", "OPTIONS") or self.chance.random() < 0.05:
            self.body(rule.endpoint, more)
        return rule.endpoint, self.who(rule), more

    def who(self, rule: Rule) -> str:
        """Half of the time somebody whom the door lets through: few are administrators, and most cards are of the officer."""
        door = self.world.app.view_functions[rule.endpoint].door  # type: ignore[attr-defined]
        through = ["officer"] if door == "member" else sorted(DOORS.get(door, ()))
        return self.chance.choice(through if through and self.chance.random() < 0.5 else (*ACCOUNTS, *NOBODY))

    def body(self, endpoint: str, more: dict[str, Any]) -> None:
        pick = self.chance.random()
        if endpoint == "sync.sync" or pick > 0.93:
            more["data"], more["content_type"] = (
                json.dumps(self.json()).encode(),
                self.chance.choice(("application/json", "application/json", *TYPES)),
            )
        elif pick < 0.8:
            more["data"] = self.form(endpoint)
            if self.chance.random() < 0.1:
                more["data"]["file"] = (io.BytesIO(self.chance.choice(BODIES_RAW)), self.chance.choice(("a.csv", "", "\0", "x" * 500)))
        else:
            more["data"], more["content_type"] = self.chance.choice(BODIES_RAW), self.chance.choice(TYPES)

    def headers(self) -> dict[str, str]:
        chosen = {"Accept": "text/html"}
        for name in self.chance.sample(sorted(HEADERS), self.chance.choice((0, 0, 0, 1, 2))):
            chosen[name] = self.chance.choice(HEADERS[name])
        return {name: text.encode("utf-8", "replace").decode("latin-1", "replace") for name, text in chosen.items()}


def sent(world: World, who: str, more: dict[str, Any]) -> int | None:
    """The status of the answer; None for what cannot be put on a wire at all, such as half a character or a new line in a header."""
    try:
        cookies = {} if "Cookie" in more["headers"] else world.cookies(who)
        builder = EnvironBuilder(**{**more, "headers": {**more["headers"], **cookies}})
        request = builder.get_request()
    except (UnicodeError, ValueError, TypeError):
        return None
    answer = world.app.test_client(use_cookies=False).open(request, buffered=False)
    if answer.mimetype != "text/event-stream":
        answer.get_data()
    answer.close()
    return answer.status_code


def told(who: str, more: dict[str, Any]) -> str:
    """A request so that somebody can see it, and no longer than that needs."""
    return f"{who}: " + " ".join(f"{name}={str(value)[:400]!r}" for name, value in more.items() if value not in (None, {}, b""))


@contextmanager
def failures(app: Flask) -> Iterator[list[str]]:
    """What went wrong inside, where it was not answered in words."""
    found: list[str] = []

    def note(_: object, exception: BaseException, **__: object) -> None:
        found.append("".join(traceback.format_exception(exception)[-3:]))

    got_request_exception.connect(note, app)
    yield found
    got_request_exception.disconnect(note, app)


def test_nothing_that_is_sent_to_any_address_makes_the_server_fail(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    sender, answers, asked, faults = Sender(world, SEED), Counter[int](), set[str](), []
    begun, number = time.monotonic(), 0
    with failures(world.app) as inside:
        while answers.total() < REQUESTS:
            number += 1
            if number % 50 == 0:  # Who was signed out or switched off by the last ones comes in again.
                world.restore()
                limiter.reset()
            endpoint, who, more = sender.request()
            status = sent(world, who, more)
            if status is None:
                continue
            answers[status] += 1
            asked |= {endpoint} if status not in (404, 405) else set()
            if status >= 500:
                faults.append(f"{status} for request {number}, {told(who, more)}\n{inside[-1] if inside else ''}")
    took = time.monotonic() - begun
    with capsys.disabled():
        print(f"\n{answers.total()} requests with SEED={SEED} in {took:.0f} s: {dict(sorted(answers.items()))}")
    assert not faults, f"{len(faults)} of {answers.total()} with SEED={SEED}:\n\n" + "\n\n".join(faults[:10])
    assert {rule.endpoint for rule in sender.rules} - asked == set(), "every rule was asked for something that it has"
    assert LONGEST_S is None or took < LONGEST_S


def test_a_server_that_fails_would_be_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.app.view_functions, "health.healthz", lambda: 1 / 0)
    with failures(world.app) as inside:
        assert sent(world, "officer", {"path": "/healthz", "headers": {}}) == 500
    assert "ZeroDivisionError" in inside[0]
