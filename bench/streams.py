"""5,000 phones that listen on 500 cards, on one core: how soon each hears what is written, what a stream and an entry cost, and where it ends.

The knee is the rate at which the 99th percentile passes a second. Beside every rate stands how busy the server's core is, so that what is measured
can be told from a queue.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from bench.client import Phone
from bench.load import Load
from bench.served import Pinned
from bench.server import ACCOUNTS, teams
from bench.table import Figure, percentile

CARDS, LISTENERS = 500, 10
RATES = (20, 100)
MOST_MS = (10, 100)
KIB_A_STREAM = 30
STEPS = (150, 200, 250, 300, 350, 400, 500, 600, 800)
PAST_MS = 1000


@dataclass(frozen=True)
class Ran:
    """One rate: delays in milliseconds, and which share of its core the server was busy."""

    median: float
    p99: float
    busy: float


def ran(served: Pinned, load: Load, a_second: float, seconds: float) -> Ran:
    before, begin = served.busy_s(), time.perf_counter()
    delays = [1000 * delay for delay in load.run(a_second, seconds)]
    return Ran(percentile(delays, 0.5), percentile(delays, 0.99), (served.busy_s() - before) / (time.perf_counter() - begin))


def streams(served: Pinned, cards: int = CARDS, listeners: int = LISTENERS) -> Iterator[Figure]:
    number = cards * listeners
    with closing(teams(served, 5, listeners)) as few:
        few.run(20, 2)
    alone, busy = served.resident_kib(), served.busy_s()
    with closing(teams(served, cards, listeners)) as load:
        yield Figure(f"memory a stream, with {number:,} streams", (served.resident_kib() - alone) / number, KIB_A_STREAM, "KiB")
        yield Figure("opening a stream, its core", 1e6 * (served.busy_s() - busy) / number, None, "µs")
        yield Figure(f"{number:,} streams on which nothing happens, of a core", 100 * idle(served), None, "%")
        load.run(20, 2)
        for rate in RATES:
            done = ran(served, load, rate, 8)
            name = f"delivered, {rate} entries/s, {cards} cards, {number:,} streams"
            yield Figure(f"{name}: median", done.median, MOST_MS[0])
            yield Figure(f"{name}: 99th", done.p99, MOST_MS[1])
            yield Figure(f"{name}: of a core", 100 * done.busy, None, "%")
        yield from knee(served, load, number)
        yield Figure(f"memory of the server after that, with {number:,} streams", served.resident_kib() / 1024, None, "MiB")


def idle(served: Pinned, seconds: float = 8) -> float:
    """Which share of its core the server is busy with signs of life."""
    before = served.busy_s()
    time.sleep(seconds)
    return (served.busy_s() - before) / seconds


def knee(served: Pinned, load: Load, number: int) -> Iterator[Figure]:
    held = 0.0
    for rate in STEPS:
        done = ran(served, load, rate, 5)
        yield Figure(f"{rate} entries/s: median", done.median)
        yield Figure(f"{rate} entries/s: 99th", done.p99)
        yield Figure(f"{rate} entries/s: of a core", 100 * done.busy, None, "%")
        if done.p99 > PAST_MS:
            break
        held = rate
    yield Figure(f"the knee: the last rate with a 99th under {PAST_MS / 1000:g} s, {number:,} streams", held, None, "1/s")


def cost(served: Pinned, rate: float = 100, seconds: float = 6) -> Iterator[Figure]:
    """What an entry costs its core by itself, and for every phone that hears it: the same rate with one listener a card and with ten."""
    spent = {}
    for listeners in (1, LISTENERS):
        with closing(teams(served, 50, listeners)) as load:
            load.run(rate, 2)
            before = served.busy_s()
            load.run(rate, seconds)
            spent[listeners] = 1e6 * (served.busy_s() - before) / (rate * seconds)
    each = (spent[LISTENERS] - spent[1]) / (LISTENERS - 1)
    yield Figure("one entry in a call of its own, its core, heard by nobody", spent[1] - each, None, "µs")
    yield Figure("for every phone that hears it", each, None, "µs")
    yield Figure("a call that brings nothing and hears nothing", asking(served), None, "µs")


def asking(served: Pinned, times: int = 600) -> float:
    """What a phone asks once in a minute or two although its stream is open (static/page/live.js)."""
    phone = Phone(served.base, ACCOUNTS[0])
    phone.catch_up()
    before = served.busy_s()
    for _ in range(times):
        phone.sync([])
    return 1e6 * (served.busy_s() - before) / times


def figures() -> Iterator[Figure]:
    with Pinned(core=0) as served:
        yield from cost(served)
        yield from streams(served)
