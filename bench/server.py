"""The server's figures: delay from phone to phone, durable entries a second, memory a stream.

The server runs as in `make run` (gunicorn, gevent, SQLite with synchronous=FULL) and is pinned to one core; the phones run on the other.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from bench.client import Phone
from bench.served import Pinned
from bench.table import Figure, percentile

ORGANISATIONS = ["noord", "zuid", "crisisdienst", "ggzvervoer", "veiligthuis"]
ACCOUNTS = [
    "agent@noord.example",
    "agent@zuid.example",
    "triagist@crisisdienst.example",
    "chauffeur@ggzvervoer.example",
    "medewerker@veiligthuis.example",
]


@dataclass
class Ear:
    """Somebody who listens on a stream and writes down when each entry came."""

    phone: Phone
    heard: dict[str, float] = field(default_factory=dict)

    def start(self) -> Ear:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self) -> None:
        with suppress(OSError, ValueError, AssertionError):
            for brought in self.phone.live():
                now = time.perf_counter()
                for entry in brought["entries"]:
                    self.heard.setdefault(entry["id"], now)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def phone_to_phone(served: Pinned, a_second: int, seconds: int) -> list[Figure]:
    """Added delay: from just before the POST until the event of the stream is read, one card for five organisations."""
    phones = [Phone(served.base, account) for account in ACCOUNTS]
    card = phones[0].open_card(*ORGANISATIONS[1:])
    for phone in phones:
        phone.catch_up()
    ears = [Ear(phone).start() for phone in phones[1:]]
    time.sleep(1)
    sent: dict[str, float] = {}
    begin = time.perf_counter()
    for turn in range(a_second * seconds):
        time.sleep(max(0.0, begin + turn / a_second - time.perf_counter()))
        phone = phones[turn % len(phones)]
        entry = phone.entry(card, "observation.noted", says=f"Zin {turn}")
        sent[entry["id"]] = time.perf_counter()
        phone.sync([entry])
    mine = {phone.me["device"] for phone in phones}
    assert len(mine) == len(phones)
    wait_for(lambda: all(len(ear.heard) >= len(sent) * 0.75 for ear in ears))
    delays = [1000 * (at - sent[entry]) for ear in ears for entry, at in ear.heard.items() if entry in sent]
    return [
        Figure(f"phone to phone through the server, {a_second} entries/s: median", percentile(delays, 0.5), 5),
        Figure(f"phone to phone through the server, {a_second} entries/s: 99th", percentile(delays, 0.99), 25),
    ]


def durable_entries(served: Pinned, writers: int, calls: int) -> list[Figure]:
    """Entries a second that are durably stored: one entry a call, several phones at once, and a phone that was away with 1,000 of them."""
    phones = [Phone(served.base, account) for account in itertools.islice(itertools.cycle(ACCOUNTS), writers)]
    cards = [phone.open_card() for phone in phones]
    for phone in phones:
        phone.catch_up()

    def write(phone: Phone, card: str) -> None:
        for turn in range(calls):
            phone.sync([phone.entry(card, "observation.noted", does=f"Stap {turn}")])

    threads = [threading.Thread(target=write, args=pair) for pair in zip(phones, cards, strict=True)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    single = writers * calls / (time.perf_counter() - begin)

    away = [phones[0].entry(cards[0], "observation.noted", does=f"Later {turn}") for turn in range(1000)]
    begin = time.perf_counter()
    phones[0].sync(away[:500])
    phones[0].sync(away[500:])
    back = 1000 * (time.perf_counter() - begin)
    return [
        Figure(f"durable entries, one a call, {writers} phones at once", single, 1400, "1/s", more_is_better=True),
        Figure("a phone that was away hands in 1,000 entries", back, 300),
    ]


def join_a_long_card(served: Pinned, entries: int) -> list[Figure]:
    opener, joiner = Phone(served.base, ACCOUNTS[0]), Phone(served.base, ACCOUNTS[2])
    card = opener.open_card("crisisdienst")
    for start in range(0, entries, 500):
        batch = [opener.entry(card, "observation.noted", does=f"Stap {start + turn}") for turn in range(500)]
        opener.sync(batch)
    joiner.catch_up()
    del joiner.have[card]
    begin = time.perf_counter()
    calls = joiner.catch_up()
    took = 1000 * (time.perf_counter() - begin)
    return [Figure(f"joining a card of {entries:,} entries ({calls} calls)", took, 200)]


def memory_a_stream(served: Pinned, streams: int) -> list[Figure]:
    """What the server's resident memory grows by when `streams` more phones listen, divided by their number."""
    phones = [Phone(served.base, "", session) for session in served.sessions(ACCOUNTS[0], streams + 50)]
    for phone in phones:
        phone.connection.close()
    held = [phone.open_stream() for phone in phones[:50]]
    before = served.resident_kib()
    held += [phone.open_stream() for phone in phones[50:]]
    time.sleep(2)
    grown = served.resident_kib() - before
    for stream in held:
        stream.close()
    return [Figure(f"server memory a stream, with {streams:,} streams", grown / streams, 30, "KiB")]


def figures() -> Iterator[Figure]:
    with Pinned(core=0) as served:
        yield from phone_to_phone(served, a_second=20, seconds=10)
        yield from phone_to_phone(served, a_second=200, seconds=10)
        yield from durable_entries(served, writers=8, calls=150)
        yield from join_a_long_card(served, 10_000)
        yield from memory_a_stream(served, 1000)
