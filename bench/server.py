"""The server's figures: delay from phone to phone, durable entries a second, joining, memory a stream.

The server runs as in `make run` (gunicorn, gevent, SQLite with synchronous=FULL) and is pinned to one core; the phones run on the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from bench.client import Phone
from bench.load import Load, LoadPhone
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


def teams(served: Pinned, cards: int, listeners: int) -> Load:
    """That many cards, each with its own team whose phones all listen."""
    return Load(on_cards(served, cards, listeners))


def on_cards(served: Pinned, cards: int, people_each: int) -> list[list[LoadPhone]]:
    """That many cards, each with its own team, every one of them with a phone that does nothing yet."""
    made = []
    for team in served.teams(cards, people_each):
        opener = Phone(served.base, "", team[0].session)
        card, epoch = opener.open_card(), opener.me["epoch"]
        made.append([LoadPhone(account, card, 1, epoch, served.port) for account in team])
        opener.connection.close()
    return made


def delivered_under_load(served: Pinned, cards: int, listeners: int, a_second: int, most: tuple[float, float]) -> Iterator[Figure]:
    """From written to read from the stream, by every phone on the card."""
    with closing(teams(served, cards, listeners)) as load:
        load.run(a_second, 2)
        delays = load.run(a_second, 8)
    name = f"delivered, {a_second} entries/s, {cards} cards, {cards * listeners:,} streams"
    yield Figure(f"{name}: median", 1000 * percentile(delays, 0.5), most[0])
    yield Figure(f"{name}: 99th", 1000 * percentile(delays, 0.99), most[1])


def highest_rate(served: Pinned, cards: int, listeners: int) -> Iterator[Figure]:
    """The highest rate of durable entries at which the 99th of the deliveries to all phones on a card stays under a second; in steps of 10%.

    A rate that fails is tried once more: a machine that others use too may have been busy.
    """
    with closing(teams(served, cards, listeners)) as load:
        for together, how, target in ((1, "each in a call of its own", None), (500, "what waits goes together", 1400)):
            load.run(200, 2)
            before, held = served.busy_s(), load.run(200, 5)
            cost = 1e6 * (served.busy_s() - before) * listeners / len(held)
            rate = best = 300.0
            while any(percentile(load.run(rate, 6, together), 0.99) < 1 for _ in range(2)):
                best, rate = rate, rate * 1.1
            yield Figure(f"durable entries to {listeners} phones a card, 99th < 1 s; {how}", best, target, "1/s", more_is_better=True)
    yield Figure("the same at 200/s: what one entry costs the server, delivered", cost, None, "µs")


def hand_in_at_once(served: Pinned, entries: int) -> Iterator[Figure]:
    """A phone that was away."""
    phone = Phone(served.base, ACCOUNTS[0])
    card = phone.open_card()
    phone.catch_up()
    away = [phone.entry(card, "observation.noted", does=f"Later {turn}") for turn in range(entries)]
    begin = time.perf_counter()
    for start in range(0, entries, 500):
        phone.sync(away[start : start + 500])
    yield Figure(f"a phone that was away hands in {entries:,} entries", 1000 * (time.perf_counter() - begin), 300)


def join_a_long_card(served: Pinned, entries: int) -> Iterator[Figure]:
    opener, joiner = Phone(served.base, ACCOUNTS[0]), Phone(served.base, ACCOUNTS[2])
    card = opener.open_card("crisisdienst")
    for start in range(0, entries, 500):
        opener.sync([opener.entry(card, "observation.noted", does=f"Stap {start + turn}") for turn in range(500)])
    joiner.catch_up()
    del joiner.have[card]
    before, begin = joiner.received, time.perf_counter()
    calls = joiner.catch_up()
    yield Figure(f"joining a card of {entries:,} entries ({calls} calls)", 1000 * (time.perf_counter() - begin), 200)
    yield Figure(f"joining a card of {entries:,} entries, on the wire", (joiner.received - before) / 1e6, 1.5, "MB")


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
        yield from delivered_under_load(served, cards=100, listeners=10, a_second=200, most=(5, 25))
        yield from delivered_under_load(served, cards=500, listeners=10, a_second=200, most=(10, 100))
        yield from highest_rate(served, cards=40, listeners=5)
        yield from hand_in_at_once(served, 1_000)
        yield from join_a_long_card(served, 10_000)
        yield from memory_a_stream(served, 1000)
