"""A storm: 2,000 phones were without the server for ten minutes, wrote 20 entries each, and come back within five seconds.

The server is killed and started again, so it knows nothing any more and all streams are new. A phone does what ours does: it opens its stream, then
hands in what it has and asks until there is no more; when something fails it waits as static/worker/sync.js says (`pause`). It is served when its
entries are acknowledged and it holds all that its card then had.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import bindparam, text

from bench.load import LoadPhone
from bench.served import Pinned
from bench.server import on_cards
from bench.table import Figure, percentile
from store.models import db

CARDS, PHONES_EACH, ENTRIES = 200, 10, 20
AWAY_MS = 10 * 60 * 1000
WITHIN_S = 5.0
PATIENCE_S = 120.0
MOST_P99_MS = 10_000
MOST_MIB = 512
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 120.0
CALM_S = 3.0


def pause(failures: int, chance: random.Random) -> float:
    """As a phone waits: doubling, and spread (static/worker/sync.js)."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures - 1, 10))
    return longest / 2 + chance.random() * longest / 2


@dataclass(eq=False)
class Returning:
    """A phone on its way back. `stage`: what it waits for; `due`: when it tries next."""

    phone: LoadPhone
    came: float
    due: float
    stage: str = "away"
    waiting: socket.socket | None = None
    out: bytes = b""
    failures: int = 0
    streaming: float = 0.0
    served: float = 0.0
    asked_again: int = 0
    kept: list[bytes] = field(default_factory=list)


class Storm:
    def __init__(self, phones: list[LoadPhone], seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.begin = time.perf_counter()
        self.poll = select.epoll()
        self.by_handle: dict[int, Returning] = {}
        self.all = [Returning(phone, moment, moment) for phone in phones for moment in [self.chance.random() * WITHIN_S]]
        self.coming = sorted(self.all, key=lambda one: -one.due)
        self.failed: Counter[str] = Counter()

    def now(self) -> float:
        return time.perf_counter() - self.begin

    def run(self) -> None:
        """Until everybody is served and it stays calm for a while, or for as long as anybody would wait."""
        calm_since = None
        while self.now() < PATIENCE_S:
            while self.coming and self.coming[-1].due <= self.now():
                self._set_out(self.coming.pop())
            happened = False
            for handle, what in self.poll.poll(0.02):
                happened = True
                self._happens(handle, what)
            if happened or not all(one.served for one in self.all):
                calm_since = None
            elif calm_since is None:
                calm_since = self.now()
            elif self.now() - calm_since > CALM_S or self._converged():
                return

    def _converged(self) -> bool:
        return all(one.phone.have == 1 + PHONES_EACH * ENTRIES for one in self.all)

    def _set_out(self, one: Returning) -> None:
        """First the stream, then the call (static/page/live.js); after a failure again from where it stood."""
        phone = one.phone
        port = phone.port if phone.stream is None else phone.writes_to or phone.port
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect_ex(("127.0.0.1", port))
        one.waiting = connection
        one.stage = "opening" if phone.stream is None else "calling"
        one.out = phone.ask("GET", "/live", "text/event-stream") + b"\r\n" if phone.stream is None else self._call(one)
        self.by_handle[connection.fileno()] = one
        self.poll.register(connection.fileno(), select.EPOLLOUT)

    def _call(self, one: Returning) -> bytes:
        phone = one.phone
        body = b'{"epoch":"%s","have":{"%s":%d},"entries":[%s]}' % (phone.epoch.encode(), phone.card.encode(), phone.have, b",".join(one.kept))
        head = phone.ask("POST", "/sync", "*/*") + b"Content-Type: application/json\r\nContent-Length: "
        return b"%s%d\r\n\r\n%s" % (head, len(body), body)

    def _happens(self, handle: int, what: int) -> None:
        one = self.by_handle[handle]
        try:
            if one.phone.stream is not None and handle == one.phone.stream.fileno():
                self._hears(one)
            elif what & select.EPOLLOUT:
                self._sends(one, handle)
            else:
                self._reads(one)
        except OSError as problem:
            self._fails(one, handle, type(problem).__name__)

    def _sends(self, one: Returning, handle: int) -> None:
        assert one.waiting
        one.out = one.out[one.waiting.send(one.out) :]
        if not one.out:
            self.poll.modify(handle, select.EPOLLIN)

    def _hears(self, one: Returning) -> None:
        assert one.phone.stream
        brought = one.phone.stream.recv(1 << 20)
        if not brought:
            raise ConnectionResetError
        one.phone.heard += brought
        whole, end, one.phone.heard = one.phone.heard.rpartition(b"\n\n")
        if end:
            one.phone.has(whole)

    def _reads(self, one: Returning) -> None:
        assert one.waiting
        brought = one.waiting.recv(1 << 20)
        if not brought:
            raise ConnectionResetError
        if one.stage == "opening":
            self._opens(one, brought)
        else:
            self._is_answered(one, brought)

    def _opens(self, one: Returning, brought: bytes) -> None:
        phone = one.phone
        phone.heard += brought
        if b": hier\n\n" in phone.heard:
            phone.stream, one.waiting, phone.heard = one.waiting, None, b""
            one.streaming, one.failures = self.now(), 0
            self._set_out(one)
        elif not b"HTTP/1.1 200".startswith(phone.heard[:12]):
            phone.heard = b""
            raise ConnectionRefusedError

    def _is_answered(self, one: Returning, brought: bytes) -> None:
        phone, connection = one.phone, one.waiting
        assert connection
        told = phone.takes(brought)
        if told is None:
            return
        assert b'"rejected": {}' in told, told[:300]
        one.kept, one.failures = [], 0
        if b'"more": true' in told:
            one.asked_again += 1
            one.out = self._call(one)
            self.poll.modify(connection.fileno(), select.EPOLLOUT)
        else:
            one.stage, one.served = "served", one.served or self.now()
            self._let_go(one, connection.fileno())

    def _let_go(self, one: Returning, handle: int) -> None:
        self.poll.unregister(handle)
        self.by_handle.pop(handle)
        if one.waiting:
            one.waiting.close()
            one.waiting = None

    def _fails(self, one: Returning, handle: int, why: str) -> None:
        """It waits, and begins again; what was not acknowledged it still has."""
        self.failed[f"{one.stage}: {why}"] += 1
        if one.phone.stream is not None and handle == one.phone.stream.fileno():
            self.poll.unregister(handle)
            self.by_handle.pop(handle)
            one.phone.stream.close()
            one.phone.stream = None
            if one.waiting:
                return  # its call goes on; what it does not hear meanwhile it does not hold in the end
        else:
            one.phone.answer = one.phone.heard = b""
            self._let_go(one, handle)
        one.failures += 1
        one.due = self.now() + pause(one.failures, self.chance)
        self.coming = sorted([*self.coming, one], key=lambda each: -each.due)

    def close(self) -> None:
        for one in self.all:
            for connection in (one.phone.stream, one.waiting):
                if connection:
                    connection.close()
        self.poll.close()


def away(phones: list[LoadPhone], entries: int, chance: random.Random) -> dict[int, list[bytes]]:
    """What each of them wrote while it was away, at moments of the last ten minutes."""
    now_ms = int(time.time() * 1000)
    kept = {}
    for phone in phones:
        for turn, at_ms in enumerate(sorted(now_ms - chance.randrange(AWAY_MS) for _ in range(entries))):
            phone.write(turn, at_ms)
        kept[id(phone)], phone.unsent = phone.unsent, []
    return kept


def in_the_log(served: Pinned, cards: list[str]) -> tuple[int, int]:
    """How many entries these cards have, and how many different ones."""
    asked = text("SELECT count(*), count(DISTINCT id) FROM entry WHERE card IN :cards").bindparams(bindparam("cards", expanding=True))
    with served.beside(), db.engine.connect() as connection:
        found = connection.execute(asked, {"cards": cards}).one()
    return int(found[0]), int(found[1])


def come_back(served: Pinned, cards: int = CARDS, phones_each: int = PHONES_EACH, entries: int = ENTRIES) -> Iterator[Figure]:
    teams = on_cards(served, cards, phones_each)
    phones = [phone for team in teams for phone in team]
    kept = away(phones, entries, random.Random(3))
    served.kill()
    served.start_pinned()
    at_rest = served.resident_kib()
    storm = Storm(phones)
    for one in storm.all:
        one.kept = kept[id(one.phone)]
    busy = served.busy_s()
    storm.run()
    took, spent = storm.now(), served.busy_s() - busy
    waited = [1000 * (one.served - one.came if one.served else float("inf")) for one in storm.all]
    opened = [1000 * (one.streaming - one.came if one.streaming else float("inf")) for one in storm.all]
    peak = served.peak_kib() / 1024
    storm.close()
    written, different = in_the_log(served, [team[0].card for team in teams])
    due = cards * (1 + phones_each * entries)
    told = sum(one.phone.have == 1 + phones_each * entries for one in storm.all)
    number = f"{len(phones):,} phones"
    yield Figure(f"{number} with {entries} entries each, all within {WITHIN_S:g} s: not served", sum(not one.served for one in storm.all), 0, "")
    yield Figure("entries lost", due - different, 0, "")
    yield Figure("entries doubled", written - different, 0, "")
    yield Figure("phones that do not hold all of their card", len(phones) - told, 0, "")
    yield Figure("from coming back to a stream: median", percentile(opened, 0.5))
    yield Figure("from coming back to a stream: 99th", percentile(opened, 0.99))
    yield Figure("from coming back to everything shared and held: median", percentile(waited, 0.5))
    yield Figure("from coming back to everything shared and held: 99th", percentile(waited, 0.99), MOST_P99_MS)
    yield Figure("calls and streams that failed and were tried again", sum(storm.failed.values()), None, "")
    yield Figure("the server's core, of the time until calm", 100 * spent / took, None, "%")
    yield Figure("the server's core, a phone", 1000 * spent / len(phones), None)
    yield Figure("memory of the server before", at_rest / 1024, None, "MiB")
    yield Figure("memory of the server, the most", peak, MOST_MIB, "MiB")


def figures() -> Iterator[Figure]:
    with Pinned(core=0) as served:
        yield from come_back(served)
