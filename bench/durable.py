"""Durable entries a second on both databases, what an entry costs on a short and on a long card, and what it takes on the disk.

Durable: acknowledged after the database has waited for the disk. The server has one core, and PostgreSQL's processes share it: so both figures are of
one core, all in all. The rate is closed: every phone always has one call under way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlalchemy import text

from bench.client import Phone
from bench.engines import fsync_ms, on_postgresql, on_sqlite
from bench.load import Load, LoadPhone
from bench.served import Pinned
from bench.server import ACCOUNTS, on_cards
from bench.table import Figure, percentile
from store.models import db

CARDS = 50
TOGETHER = (1, 20)
SHORT, LONG = 10, 10_000
ASKED = 150
KEPT = ("entry", "card", "card_organisation", "card_person", "card_writer", "access_line")


def rate(phones: list[LoadPhone], together: int, seconds: float) -> float:
    """Entries a second that were acknowledged, `together` of them in every call."""
    load = Load([[phone] for phone in phones], listening=False)
    turns, done = count(), 0
    begin = time.perf_counter()
    for phone in phones:
        load.hand_in(phone, next(turns), together)
    while (took := time.perf_counter() - begin) < seconds:
        for phone in load.answers(0.1):
            done += together
            load.hand_in(phone, next(turns), together)
    while load.is_busy():
        load.answers(0.1)
    load.close()
    return done / took


def flat(served: Pinned) -> Iterator[Figure]:
    """One entry on a card of ten and one on a card of ten thousand, turn by turn, so that whatever else the machine does falls on both."""
    phone = Phone(served.base, ACCOUNTS[0])
    cards = {length: phone.open_card() for length in (SHORT, LONG)}
    for length, card in cards.items():
        for start in range(1, length, 500):
            phone.sync([phone.entry(card, "observation.noted", does=f"Stap {start + turn}") for turn in range(min(500, length - start))])
    took: dict[int, list[float]] = {length: [] for length in cards}
    for turn in range(ASKED):
        for length, card in cards.items():
            entry = phone.entry(card, "observation.noted", does=f"Daarna {turn}")
            begin = time.perf_counter()
            phone.sync([entry])
            took[length].append(1000 * (time.perf_counter() - begin))
    medians = {length: percentile(times, 0.5) for length, times in took.items()}
    yield Figure(f"one entry on a card of {SHORT} entries: median", medians[SHORT])
    yield Figure(f"one entry on a card of {LONG:,} entries: median", medians[LONG])
    yield Figure("the second as a multiple of the first", medians[LONG] / medians[SHORT], 1.2, "x")


def kept_bytes(served: Pinned) -> tuple[int, int]:
    """How many entries there are and how many bytes they take, indexes and access log with them."""
    with served.beside(), db.engine.connect() as connection:
        entries = int(connection.execute(text("SELECT count(*) FROM entry")).scalar_one())
        if connection.dialect.name == "postgresql":
            sizes = text(f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname IN {KEPT}")
            return entries, int(connection.execute(sizes).scalar_one())
    return entries, sum(size_of(served.data / name) for name in ("motorkap.sqlite", "access.sqlite"))


def size_of(file: Path) -> int:
    """Of a SQLite, with what was only in its write-ahead log."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return file.stat().st_size


def figures() -> Iterator[Figure]:
    waits = fsync_ms()
    yield Figure("the disk keeps 4 KiB (fdatasync): median", percentile(waits, 0.5))
    yield Figure("the disk keeps 4 KiB (fdatasync): 99th", percentile(waits, 0.99))
    for name, engine in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with engine() as served:
            phones = [phone for team in on_cards(served, CARDS, 1) for phone in team]
            rate(phones, 1, 1)
            for together in TOGETHER:
                before, begin = kept_bytes(served), served.busy_s()
                found = rate(phones, together, 5)
                busy, after = served.busy_s() - begin, kept_bytes(served)
                more = after[0] - before[0]
                yield Figure(f"{name}: durable entries/s, {together} in a call", found, None, "1/s", more_is_better=True)
                yield Figure(f"{name}: an entry, {together} in a call, the server's core", 1e6 * busy / more, None, "µs")
                yield Figure(f"{name}: an entry, {together} in a call, on the disk with its access line", (after[1] - before[1]) / more, None, "B")
            for figure in flat(served):
                yield Figure(f"{name}: {figure.what}", figure.result, figure.target, figure.unit)
