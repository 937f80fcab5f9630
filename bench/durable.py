"""Durable entries a second on both databases, what an entry costs on a short and on a long card, and what it takes on the disk.

Durable: acknowledged after the database has waited for the disk. The server has one core, and PostgreSQL's processes share it: so both figures are of
one core, all in all. The rate is closed: every phone always has one call under way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, bindparam, text

from bench.client import Phone
from bench.engines import Database, fsync_ms, on_postgresql, on_sqlite
from bench.load import Load, LoadPhone
from bench.served import Pinned
from bench.server import ACCOUNTS, on_cards
from bench.table import Figure, percentile
from store import access_log
from store.models import db

CARDS = 50
TOGETHER = (1, 20)
SHORT, LONG = 10, 10_000
ASKED = 150
SECONDS = 5
CARD_TABLES = ("entry", "card", "card_organisation", "card_person", "card_writer")
LINE_TABLES = ("access_line",)


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


@dataclass(frozen=True)
class Kept:
    """What is on the disk: how many entries and lines of the access log, and the bytes of each, indexes included. `ahead`: what PostgreSQL wrote to
    its write-ahead log since it began.
    """

    entries: int
    bytes: int
    lines: int
    line_bytes: int
    ahead: int = 0


def kept(served: Pinned) -> Kept:
    with served.beside():
        with db.engine.connect() as connection:
            entries = int(connection.execute(text("SELECT count(*) FROM entry")).scalar_one())
            on_postgresql = connection.dialect.name == "postgresql"
            sizes = [_size(connection, tables) for tables in (CARD_TABLES, LINE_TABLES)] if on_postgresql else []
            ahead = int(connection.execute(text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")).scalar_one()) if on_postgresql else 0
        with access_log.engine().connect() as connection:
            lines = int(connection.execute(text("SELECT count(*) FROM access_line")).scalar_one())
    of_entries, of_lines = sizes or [size_of(served.data / name) for name in ("motorkap.sqlite", "access.sqlite")]
    return Kept(entries, of_entries, lines, of_lines, ahead)


def _size(connection: Connection, tables: Sequence[str]) -> int:
    asked = text("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname IN :tables")
    return int(connection.execute(asked.bindparams(bindparam("tables", expanding=True)), {"tables": tables}).scalar_one())


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
        with engine() as (served, database):
            for figure in (*rates(served, database), *flat(served)):
                yield replace(figure, what=f"{name}: {figure.what}")


def rates(served: Pinned, database: Database | None) -> Iterator[Figure]:
    phones = [phone for team in on_cards(served, CARDS, 1) for phone in team]
    rate(phones, 1, 1)
    for together in TOGETHER:
        before, begin, its = kept(served), served.busy_s(), database.busy_s() if database else 0.0
        found = rate(phones, together, SECONDS)
        busy, its = served.busy_s() - begin, database.busy_s() - its if database else 0.0
        after = kept(served)
        entries, lines = after.entries - before.entries, after.lines - before.lines
        how = f"{together} in a call" if together > 1 else "each in a call of its own"
        yield Figure(f"durable entries/s, {how}", found, None, "1/s", more_is_better=True)
        yield Figure(f"an entry, {how}: the server's core", 1e6 * busy / entries, None, "µs")
        yield Figure(f"an entry, {how}: on the disk, with its indexes", (after.bytes - before.bytes) / entries, None, "B")
        yield Figure("a line of the access log on the disk", (after.line_bytes - before.line_bytes) / lines, None, "B")
        if database:
            yield Figure(f"an entry, {how}: PostgreSQL's part of the core", 1e6 * its / entries, None, "µs")
            yield Figure(f"an entry, {how}: in the write-ahead log", (after.ahead - before.ahead) / entries, None, "B")
