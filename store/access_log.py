"""The access log: who saw or wrote which card, when, from where, on what ground, and how it ended (NEN 7513). No content of a card is in it.

It has an engine of its own (the bind "access"). With SQLite it is a file of its own, `access.sqlite` beside the cards, so that it outlives them and
can be moved; on PostgreSQL it is a table beside the cards, unless it is said to be elsewhere.

Invariants, and what keeps them:
1. A line never changes and never goes: triggers refuse it, and on SQLite this program's own connections may not even ask (an authorizer).
2. Each line has the next number and a hash over itself and the hash before it: what is changed, left out or swapped shows (store/verify.py).
   How far the log had come is written down each day in the cards' database: a log that is cut off or made anew shows too.
3. A line about a page, a call or a write is there before the answer leaves. What a stream brings is one line a device and card for five minutes,
   written at the start of them, at most a second late (docs/decisions/0007).
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    event,
    exc,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from store import green
from store.aside import aside
from store.database import arrive, ask_who_rested, begin, begin_to_write, commit, looking
from store.models import db
from store.prepared import Prepared
from store.turns import Turns
from store.unwell import is_away, is_locked

BIND = "access"
PAGE_LINES = 500
_LOCK = 7513
_BUSY_MS = 5_000


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, with what, from where. The name is kept as it was: an account may be gone when somebody asks."""

    person: str
    name: str
    org: str
    role: str
    device: str
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a visit did. `opened_by` is the organisation that opened the card: its privacy officer may read the line, also when the card is gone."""

    visit: Visit
    at_ms: int
    action: str
    card: str = ""
    opened_by: str = ""
    ground: str = ""
    outcome: str = "ok"
    detail: str = ""


# What says of cards that they went, that they did not, and who holds them: a few lines of all, looked at when a server starts (store/retention.py).
TO_KEEP = ("hold", "hold_lifted", "not_purged", "purge")
# As a text: a database uses an index of some of the lines only where it reads in the question which ones.
_TO_KEEP = text(f"action IN ({', '.join(repr(action) for action in TO_KEEP)})")

FIELDS = ("at", "person", "name", "org", "role", "device", "ip", "action", "card", "opened_by", "ground", "outcome", "detail")

lines = Table(
    "access_line",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(24), nullable=False),
    Column("person", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("org", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("device", String(40), nullable=False),
    Column("ip", String(45), nullable=False),
    Column("action", String(40), nullable=False),
    Column("card", String(36), nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("ground", String(40), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("access_line_by_card", "card", "number"),
    Index("access_line_by_org", "org", "number"),
    Index("access_line_by_opener", "opened_by", "number"),
    Index("access_line_by_person", "person", "number"),
    Index("access_line_to_keep", "number", postgresql_where=_TO_KEEP, sqlite_where=_TO_KEEP),
)

_APPEND_ONLY = "the access log only grows"
_TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS access_line_stays BEFORE UPDATE ON access_line BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END",
    f"CREATE TRIGGER IF NOT EXISTS access_line_never_goes BEFORE DELETE ON access_line BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END",
    "CREATE TRIGGER IF NOT EXISTS access_line_is_not_replaced BEFORE INSERT ON access_line "
    f"WHEN EXISTS (SELECT 1 FROM access_line WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END",
)
# The last of what is made: a log that has these has everything.
_NEWEST = ("access_line_is_not_replaced", "access_line_to_keep")
_MADE = f"SELECT count(*) FROM sqlite_master WHERE name IN {_NEWEST}"
_MAKING_TAKES_MS = 600_000  # An index over a log of years; who comes meanwhile waits.
_FORBIDDEN = {
    sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_ATTACH,
}  # fmt: skip


_POSTGRESQL_TRIGGERS = (
    "CREATE OR REPLACE FUNCTION access_line_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_APPEND_ONLY}'; END $$",
    "CREATE OR REPLACE TRIGGER access_line_stays BEFORE UPDATE OR DELETE ON access_line FOR EACH ROW EXECUTE FUNCTION access_line_only_grows()",
    "CREATE OR REPLACE TRIGGER access_line_is_not_emptied BEFORE TRUNCATE ON access_line EXECUTE FUNCTION access_line_only_grows()",
)


def prepare(engine: Engine) -> None:
    """On SQLite the table is made at the first connection, and what an older version did not have; after that a connection may add and read, nothing
    else. PostgreSQL: `make`.
    """
    if engine.dialect.name != "sqlite":
        green.wait_on_the_loop()
        ask_who_rested(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute(_MADE).fetchone() != (len(_NEWEST),):
            _make(engine, connection)
        connection.set_authorizer(_may)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        begin(connection, "BEGIN")


def make() -> None:
    """On PostgreSQL, as its owner (`flask db upgrade` does it beside the cards); SQLite has it by itself."""
    if engine().dialect.name != "postgresql":
        return
    with engine().begin() as connection:
        lines.metadata.create_all(connection)
        for statement in _POSTGRESQL_TRIGGERS:
            connection.execute(text(statement))


def _make(engine: Engine, connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={_MAKING_TAKES_MS}")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(str(CreateTable(lines, if_not_exists=True).compile(engine)))
    for index in lines.indexes:
        connection.execute(str(CreateIndex(index, if_not_exists=True).compile(engine)))
    for trigger in _TRIGGERS:
        connection.execute(trigger)
    connection.execute("COMMIT")
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")


def _may(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action in _FORBIDDEN else sqlite3.SQLITE_OK


def engine() -> Engine:
    return db.engines[BIND]


def chain(previous: str, number: int, told: Iterable[str]) -> str:
    """The hash of a line: over its number and fields, as JSON, and the hash before it (empty before the first)."""
    return hashlib.sha256(f"{previous}\n{json.dumps([number, *told])}".encode()).hexdigest()


def append(new: list[Line], along: Connection | None = None) -> None:
    """These lines are there when this ends; who writes at the same moment shares the transaction.

    `along`: the transaction of what they are about, that asks nothing more before it commits. Where the log is a table in that same database the
    lines come with it, or neither does. Elsewhere they are there first, once that transaction did all that it was told and has only to commit.
    """
    if new and along is not None and engine().dialect.name == "postgresql" and is_beside():
        _add(along, [new])
    elif new:
        if along is not None:
            arrive(along)
        _turns().ask(new)


def is_beside() -> bool:
    """Whether the log is a table beside the cards."""
    return bool(engine().url == db.engine.url)


_turns_of: WeakKeyDictionary[Engine, Turns[list[Line], None]] = WeakKeyDictionary()


def _turns() -> Turns[list[Line], None]:
    found = _turns_of.get(engine())
    return found if found is not None else _turns_of.setdefault(engine(), Turns(_write, is_of_all=is_away))


def _write(groups: list[list[Line]]) -> list[None]:
    """Who holds the log holds it for everybody: then nobody waits for it once more, one after the other."""
    try:
        with engine().connect() as connection:
            begin_to_write(connection)
            _add(connection, groups)
            commit(connection)
    except psycopg.Error as problem:
        if is_locked(problem):
            raise exc.TimeoutError("somebody holds the access log") from problem
        raise
    return [None] * len(groups)


def _add(connection: Connection, groups: list[list[Line]]) -> None:
    """The next lines. On PostgreSQL who adds lines in another process waits from here until this transaction ends: so each line is chained to the one
    before it, and nobody ever adds after a line that is taken back.
    """
    if connection.dialect.name == "postgresql":
        _ALONE.do(connection, [{}])
    number, hash_ = next(iter(_LAST.rows(connection, {})), (0, ""))
    rows = []
    for line in (line for group in groups for line in group):
        told = _told(line)
        number, hash_ = number + 1, chain(hash_, number + 1, told)
        rows.append({"number": number, **dict(zip(FIELDS, told, strict=True)), "hash": hash_})
    _ADD.do(connection, rows)


_ALONE = Prepared(select(func.pg_advisory_xact_lock(_LOCK)))
_LAST = Prepared(select(lines.c.number, lines.c.hash).order_by(lines.c.number.desc()).limit(1))
_ADD = Prepared(insert(lines))


def _told(line: Line) -> list[str]:
    visit = line.visit
    who = [visit.person, visit.name, visit.org, visit.role, visit.device, visit.ip]
    return [iso(line.at_ms), *who, line.action, line.card, line.opened_by, line.ground, line.outcome, line.detail]


def iso(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: of whose organisation (empty: all of them), and the filters. Times are ISO texts, `before` a number to page on from."""

    org: str = ""
    card: str = ""
    person: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    before: int = 0


def read(asked: Asked, most: int = PAGE_LINES) -> list[dict[str, Any]]:
    """The lines asked for, newest first."""
    query = select(lines).order_by(lines.c.number.desc()).limit(most)
    for condition in _conditions(asked):
        query = query.where(condition)
    with engine().connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def every(asked: Asked) -> Iterator[dict[str, Any]]:
    """All lines asked for, newest first, a page of the database at a time."""
    before = asked.before
    while page := read(Asked(**{**{name: getattr(asked, name) for name in Asked.__slots__}, "before": before})):
        yield from page
        before = page[-1]["number"]


def to_keep(after: int, until: int) -> Iterator[list[dict[str, Any]]]:
    """The lines of `TO_KEEP` behind this number, oldest first, a page at a time."""
    query = select(lines).where(_TO_KEEP, lines.c.number > bindparam("after"), lines.c.number <= until).order_by(lines.c.number).limit(PAGE_LINES)
    while True:
        with engine().connect() as connection:
            page = [dict(row._mapping) for row in connection.execute(query, {"after": after})]
        if not page:
            return
        yield page
        after = page[-1]["number"]


def since(card: str, number: int) -> set[str]:
    """What was done with a card behind this line by which its log, or whether it stays, changed: `written`, or an action of `TO_KEEP`."""
    ours = (lines.c.card == card, lines.c.number > number, lines.c.outcome == "ok")
    with engine().connect() as connection:
        found = set(connection.scalars(select(lines.c.action).where(*ours, lines.c.action.in_(TO_KEEP)).distinct()))
        wrote = connection.scalar(select(lines.c.number).where(*ours, lines.c.detail.like("%to % in %"), lines.c.action.in_(_WRITING)).limit(1))
    return found | ({"written"} if wrote else set())


def hash_at(number: int) -> str | None:
    with engine().connect() as connection:
        found: str | None = connection.scalar(select(lines.c.hash).where(lines.c.number == number))
    return found


def _conditions(asked: Asked) -> list[Any]:
    column = lines.c
    found: list[Any] = [column[name] == getattr(asked, name) for name in ("card", "person", "action") if getattr(asked, name)]
    if asked.org:
        found.append((column.org == asked.org) | (column.opened_by == asked.org))
    if asked.since:
        found.append(column.at >= asked.since)
    if asked.until:
        found.append(column.at < asked.until)
    if asked.before:
        found.append(column.number < asked.before)
    return found


def standing(seq: int, hash_: str, epoch: str) -> str:
    """In the line of who writes on a card: how far its log stands then. So a card whose end is cut off, or that is gone, shows (store/verify.py)."""
    return f"to {seq} {hash_[:16]} in {epoch[:8]}"


_STANDING = re.compile(r"\bto ([0-9]+) ([0-9a-f]{16}) in ([0-9a-f]{8})$")


# Who writes, opens or joins: only their lines say how far the card stands.
_WRITING = ("join", "open", "write")
_STOOD = Prepared(
    select(lines.c.detail)
    .where(
        lines.c.card == bindparam("card"),
        lines.c.number <= bindparam("until"),
        lines.c.outcome == "ok",
        lines.c.action.in_(_WRITING),
        lines.c.detail.like(bindparam("said")),
    )
    .order_by(lines.c.number.desc())
    .limit(1)
)


def stood(cards: Iterable[str], epoch: str, until: int) -> Iterator[tuple[str, tuple[int, str] | None]]:
    """How far each of these cards stood at this line, when somebody last wrote on it: its number, and how its hash begins. What was before a restore
    counts no longer: then numbers are given anew.
    """
    with engine().connect() as connection:
        for card in cards:
            rows = _STOOD.rows(connection, {"card": card, "until": until, "said": f"%to % in {epoch[:8]}"}) if epoch else []
            said = _STANDING.search(rows[0][0]) if rows else None
            yield card, (int(said[1]), said[2]) if said else None


# From each card to the next by the index: the lines in between are not read.
_NEXT_CARDS = text(
    "WITH RECURSIVE next(card, place) AS (SELECT min(card), 1 FROM access_line WHERE card > :after UNION ALL "
    "SELECT (SELECT min(card) FROM access_line WHERE card > next.card), place + 1 FROM next WHERE next.card IS NOT NULL AND place < :most) "
    "SELECT card FROM next WHERE card IS NOT NULL"
)


def cards() -> Iterator[list[str]]:
    """All cards that have a line, a page at a time."""
    after = ""
    while True:
        with engine().connect() as connection:
            page = list(connection.scalars(_NEXT_CARDS, {"after": after, "most": PAGE_LINES}))
        if not page:
            return
        yield page
        after = page[-1]


def answers() -> None:
    """Asks one small question, over a connection of its own: whoever looks after the server does not wait until others give one back. Beside the
    cards it is as they are.
    """
    if is_beside():
        return
    with looking(engine()) as connection:
        connection.execute(_ANSWERS)


_ANSWERS = select(lines.c.number).limit(1)


def head() -> tuple[str, int, str] | None:
    """Which file this is (by the hash of its first line), and its last number and hash; None when it is empty."""
    with engine().connect() as connection:
        first = connection.scalar(select(lines.c.hash).order_by(lines.c.number).limit(1))
        last = _LAST.rows(connection, {})
    return (first, *last[0]) if first and last else None


def to_disk() -> None:
    """What is in the write-ahead log goes to the disk now: after this, also a power cut takes nothing away."""
    if engine().dialect.name != "sqlite":
        return
    with engine().connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        aside(_checkpoint, raw)


def _checkpoint(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
