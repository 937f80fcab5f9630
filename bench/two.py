"""Two processes on one PostgreSQL and one Redis: what is written to one is heard from the other.

Both processes share one core; PostgreSQL (with `fsync=on`) and Redis run on the other, beside the phones. Every phone listens to one process and
writes to the other, and half of each card's phones listen to each.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from bench.engines import postgresql
from bench.load import Load
from bench.served import Pinned, pin
from bench.server import on_cards
from bench.streams import CARDS, LISTENERS, MOST_MS, RATES
from bench.table import Figure, percentile
from tests import engines

OTHER_CORE = 1


@contextmanager
def redis(core: int) -> Iterator[str]:
    with engines.redis() as engine:
        assert engine.process
        pin(engine.process.pid, {core})
        yield engine.url


def across(one: Pinned, other: Pinned, cards: int = CARDS, listeners: int = LISTENERS) -> Iterator[Figure]:
    teams = on_cards(one, cards, listeners)
    for team in teams:
        for place, phone in enumerate(team):
            phone.port, phone.writes_to = (one.port, other.port) if place % 2 else (other.port, one.port)
    with closing(Load(teams)) as load:
        load.run(20, 2)
        for rate in RATES:
            before, begin = (one.busy_s(), other.busy_s()), time.perf_counter()
            delays = [1000 * delay for delay in load.run(rate, 8)]
            took = time.perf_counter() - begin
            busy = [100 * (process.busy_s() - had) / took for process, had in zip((one, other), before, strict=True)]
            name = f"delivered across, {rate} entries/s, {cards} cards, {cards * listeners:,} streams"
            yield Figure(f"{name}: median", percentile(delays, 0.5), MOST_MS[0])
            yield Figure(f"{name}: 99th", percentile(delays, 0.99), MOST_MS[1])
            for place, share in enumerate(busy, 1):
                yield Figure(f"{name}: process {place}, of a core", share, None, "%")


def figures() -> Iterator[Figure]:
    with postgresql(OTHER_CORE) as database, redis(OTHER_CORE) as live:
        settings = {"DATABASE_URL": database.url, "LIVE_URL": live, "SECRET_KEY": "a secret of both"}
        with Pinned(0, settings) as one, Pinned(0, settings, one.data) as other:
            yield from across(one, other)
