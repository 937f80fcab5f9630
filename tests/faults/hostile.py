"""Those who mean no good, or are broken: requests that no phone of ours sends, from sockets and a process of their own, at a steady rate.

A process of their own, because phones live in that of the test: a thousand requests a second would take from them the time that they are measured in.
Among them are halves: a request that begins and never ends (slowloris), which costs whoever waits for its end a connection.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Event

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LONG = b"A" * 70_000


def asks(chance: random.Random, session: str) -> bytes:
    """One request. `session` is of somebody who is signed in: what is malformed gets past the door."""
    cookie = f"Cookie: session={session}\r\n".encode() if chance.random() < 0.7 else b"Cookie: session=no\xc3\xa9;;;=\r\n"
    body = chance.choice(BODIES)
    path = chance.choice(PATHS)
    kind = chance.choice((b"application/json", b"text/plain", b"multipart/form-data; boundary=", b"application/x-www-form-urlencoded"))
    length = chance.choice((len(body), len(body), len(body), 0))
    line = chance.choice((b"POST", b"POST", b"POST", b"GET", b"PUT", b"PROPFIND")) + b" " + path + b" HTTP/1.1\r\n"
    head = line + b"Host: localhost\r\nConnection: close\r\n" + cookie + b"Content-Type: " + kind
    return head + b"\r\nContent-Length: " + str(length).encode() + b"\r\n\r\n" + body[:length]


PATHS = (
    b"/sync", b"/sync", b"/sync", b"/sync", b"/live?x=%00", b"/cards/019a0000-0000-7000-8000-000000000000.json", b"/cards/%2e%2e/%2e%2e/etc/passwd",
    b"/cards/019a0000-0000-7000-8000-000000000000/entries", b"/login", b"/me.json", b"/%ff%fe", b"/join?code=1%27%20OR%201=1", b"/" + b"a/" * 500,
)  # fmt: skip
ENTRY = b'{"id":"019a0000-0000-7000-8000-00000000000%d","card":%s,"kind":%s,"at":%s,"body":%s}'
CARD = b'"019a0000-0000-7000-8000-000000000000"'
BODIES = (
    b"", b"{", b"[" * 5_000, b'{"entries":"' + LONG + b'"}', b"null", b'{"entries":1}', b'{"have":{"x":1e999}}',
    b'{"entries":[{}]}', b'{"epoch":"\\ud800","entries":[[]],"have":{}}',
    b'{"have":{"019a0000-0000-7000-8000-000000000000":99999999999999999999999}}', b'{"entries":[' + b"1," * 600 + b"1]}",
    b'{"entries":[' + ENTRY % (1, b'"x"', b'"card.opened"', b'"9999999999999-0000-00000000"', b"{}") + b"]}",
    b'{"entries":[' + ENTRY % (2, b"1e400", b"[]", b"-1", b'{"a":' * 60 + b"1" + b"}" * 60) + b"]}", b"\x00\xff\xfe" * 300,
    b'{"entries":[' + ENTRY % (3, CARD, b'"__proto__"', b'"\\u0000"', b'{"does":"' + LONG[:20_000] + b'"}') + b"]}",
)  # fmt: skip
HALVES = (b"POST /sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{", b"GET / HTTP/1.1\r\nHost: local", b"POST", b"\x16\x03\x01")


class Tally:
    """What was sent and what came back, in memory that both processes see."""

    def __init__(self, context: SpawnContext) -> None:
        self._sent = context.Value("Q", 0)
        self._by_status = context.Array("Q", 600)

    @property
    def sent(self) -> int:
        return int(self._sent.value)

    @property
    def statuses(self) -> Counter[int]:
        return Counter({status: times for status, times in enumerate(self._by_status[:]) if times})

    def was_sent(self) -> None:
        with self._sent.get_lock():
            self._sent.value += 1

    def was_answered(self, status: int) -> None:
        with self._by_status.get_lock():
            self._by_status[status] += 1


class Hostile:
    """`a_second` requests a second by `hands` threads, as far as the server answers that many; and `halves` connections on which one never ends."""

    def __init__(self, port: int, session: str, a_second: int, halves: int, hands: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.tally, self.over = Tally(context), context.Event()
        self.process = context.Process(target=attack, args=(port, session, a_second / hands, hands, self.tally, self.over), daemon=True)
        self.held = [half for turn in range(halves) if (half := begun(port, HALVES[turn % len(HALVES)]))]

    def __enter__(self) -> Hostile:
        self.process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.process.join(30)
        for half in self.held:
            half.close()


def begun(port: int, begins: bytes) -> socket.socket | None:
    with suppress(OSError):
        half = socket.create_connection(("127.0.0.1", port), timeout=5)
        half.sendall(begins)
        return half
    return None


def attack(port: int, session: str, a_second: float, hands: int, tally: Tally, over: Event) -> None:
    """The process: so many hands, each at its part of the rate."""
    attackers = [threading.Thread(target=_attack, args=(port, session, a_second, random.Random(hand), tally, over)) for hand in range(hands)]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()


def _attack(port: int, session: str, a_second: float, chance: random.Random, tally: Tally, over: Event) -> None:
    for due in moments(1 / a_second, chance):
        time.sleep(max(0.0, due - time.monotonic()))
        if over.is_set():
            return
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(asks(chance, session))
            tally.was_sent()
            if chance.random() < 0.1:
                continue
            if found := STATUS.match(connection.recv(64)):
                tally.was_answered(int(found[1]))


def moments(every_s: float, chance: random.Random) -> Iterator[float]:
    """When each is due, not all hands at once. Who is late catches up with the last second, and not with more: that would be another rate."""
    due = time.monotonic() + chance.random() * every_s
    while True:
        yield due
        due = max(due + every_s, time.monotonic() - 1)
