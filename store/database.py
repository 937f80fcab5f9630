"""How the database is opened: SQLite with a write-ahead log and a sync on every commit, or PostgreSQL.

`writing()` is the one way to change anything, and no two who write decide on the same state. On SQLite it takes the write lock before it reads
(BEGIN IMMEDIATE), and writers of one process wait for each other here instead of in SQLite, where waiting stands still; so do those who wait for
another process. On PostgreSQL, with any number of processes, it takes a lock by name for as long as the transaction lasts (docs/decisions/0023). Who
locks the rows it decides on by itself takes none: the log (`store/batch.py`), which is most of what is written.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from zlib import crc32

import psycopg
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, exc, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import ConnectionPoolEntry

from store import green
from store.aside import aside
from store.models import db
from store.unwell import meets_another

Outcome = TypeVar("Outcome")

ONE_WRITER = "one writer"
OURS = 1836019566
TRIES = 8
RESTED_S = 1.0
# What a connection to PostgreSQL may do to others: a process that hangs, or a machine that is gone, holds nobody up for long. Nobody waits long for
# a card either: one that somebody holds on to would keep all of a process waiting (store/turns.py).
# A machine that is gone in the middle of a pipeline is for PostgreSQL not idle but silent: it asks the network, and lets go of its locks.
_NO_LONGER = (
    "-c lock_timeout=3s -c idle_in_transaction_session_timeout=20s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
_PATIENCE_S = 10
_HURRIED = "100ms"
_LOST = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}

_PIPELINE = "pipeline"
# How long SQLite waits for a lock that another process has, such as the night. It waits in C, where nothing else of this process goes on.
_BUSY_S = 5.0
_PATIENT, _AT_ONCE = f"busy_timeout={_BUSY_S * 1000:.0f}", "busy_timeout=0"
_LOOK_AGAIN_S = 0.02

_lookouts: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_turns: WeakKeyDictionary[Engine, defaultdict[str, Lock]] = WeakKeyDictionary()


def options(url: str, most: int) -> dict[str, Any]:
    """How SQLAlchemy keeps connections to this address: on PostgreSQL at most so many. What the address itself says of an option goes first."""
    if make_url(url).get_backend_name() != "postgresql":
        return {}
    said = make_url(url).query
    told = {name: value for name, value in {**_LOST, "options": _NO_LONGER, "application_name": "motorkap"}.items() if name not in said}
    return {"pool_size": most, "max_overflow": 0, "pool_timeout": 10, "pool_use_lifo": True, "connect_args": told}


def prepare(engine: Engine) -> None:
    """SQLite as it must be for a log that may not lose what it acknowledged (sqlite.org/pragma.html#pragma_synchronous)."""
    if engine.dialect.name != "sqlite":
        green.wait_on_the_loop()
        ask_who_rested(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", _PATIENT, "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        begin(connection, "BEGIN")


def ask_who_rested(engine: Engine) -> None:
    """A connection that nobody used for a moment is asked whether it is there still before it is used: PostgreSQL may have been started again. To
    ask every time, as SQLAlchemy can, is every sixth answer that a call waits for.
    """

    @event.listens_for(engine, "checkin")
    def _put_away(_raw: Any, record: ConnectionPoolEntry) -> None:
        record.info["put_away"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(raw: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("put_away", float("inf")) < RESTED_S:
            return
        try:
            engine.dialect.do_ping(raw)
        except psycopg.Error as problem:
            raise exc.InvalidatePoolError from problem


@contextmanager
def writing(alone: str | None = ONE_WRITER) -> Iterator[Connection]:
    """One transaction that writes. What is inside either is durably there when this ends, or never was.

    `alone`: on PostgreSQL, who writes under the same name waits until this ends. None is for who needs nobody to wait: it changes
    rows that it locked, or one row, and can be done again (`again`).
    """
    engine = db.engine
    with _turn(engine, alone), engine.connect() as connection:
        begin_to_write(connection)
        if alone:
            _wait_for(connection, alone)
        yield connection
        commit(connection)


def begin_to_write(connection: Connection) -> None:
    """On SQLite with the lock of who writes. Under gevent who waits for another process looks again and again, so that everybody else goes on."""
    raw = connection.connection.dbapi_connection
    if not (isinstance(raw, sqlite3.Connection) and green.is_used()):
        begin(connection, "BEGIN IMMEDIATE")
        return
    until = time.monotonic() + _BUSY_S
    raw.execute(f"PRAGMA {_AT_ONCE}")
    try:
        while not _begun(connection, time.monotonic() >= until):
            time.sleep(random.uniform(0.5, 1) * _LOOK_AGAIN_S)
    finally:
        raw.execute(f"PRAGMA {_PATIENT}")


def _begun(connection: Connection, is_last_look: bool) -> bool:
    try:
        begin(connection, "BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        if is_last_look or problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def _turn(engine: Engine, alone: str | None) -> Iterator[None]:
    """In this process one after the other: on SQLite all who write, on PostgreSQL those of one name. So of those who wait for what another process
    holds only one takes a connection, and everybody else finds one.
    """
    name, patience_s = (ONE_WRITER, -1) if engine.dialect.name == "sqlite" else (alone, _PATIENCE_S)
    if not name:
        yield
        return
    turn = _turns.setdefault(engine, defaultdict(Lock))[name]
    if not turn.acquire(timeout=patience_s):
        raise exc.TimeoutError(f"others write under the name {alone!r}")
    try:
        yield
    finally:
        turn.release()


_ALONE = text("SELECT pg_advisory_xact_lock(:ours, :name)")


def _wait_for(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'"))
        connection.execute(_ALONE, {"ours": OURS, "name": number_of(name)})


def number_of(name: str) -> int:
    """Under which number PostgreSQL has the lock of this name, among `OURS`."""
    return crc32(name.encode()) - 2**31


def hurry(connection: Connection) -> None:
    """From here on this transaction hardly waits for a lock: whoever holds what it needs did so for long already."""
    raw = connection.connection.dbapi_connection
    if isinstance(raw, psycopg.Connection):
        raw.execute(f"SET LOCAL lock_timeout = '{_HURRIED}'")


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """To the end of a transaction of nothing but `Prepared`: on PostgreSQL what is sent waits for no answer until somebody reads rows, and the commit
    goes with what is on its way still (PostgreSQL, libpq, "Pipeline Mode"). An entry costs ten statements and so waits three times.
    """
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, psycopg.Connection):
        yield
        return
    with raw.pipeline() as pipeline:
        known = connection.info
        known[_PIPELINE] = pipeline
        try:
            yield
        finally:
            del known[_PIPELINE]
        raw.execute("COMMIT")


def arrive(connection: Connection) -> None:
    """All that was sent (`pipelined`) is done when this ends, or what went wrong is raised. From here on PostgreSQL knows that the transaction does
    nothing, and ends it when that lasts (`_NO_LONGER`); in the middle of a pipeline it waits for more.
    """
    pipeline, raw = connection.info.get(_PIPELINE), connection.connection.dbapi_connection
    if pipeline is not None and isinstance(raw, psycopg.Connection):
        last = raw.execute("SELECT 1")
        pipeline.sync()
        last.fetchall()


def file_of(engine: Engine) -> Path | None:
    """The file that a database is, where it is one."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def put_away() -> None:
    """No connection of this program is open after this; the next question opens one."""
    for engine in db.engines.values():
        engine.dispose()


@contextmanager
def one_process(name: str) -> Iterator[None]:
    """Something of several transactions that no two processes may do at once. SQLite has one process."""
    if db.engine.dialect.name == "sqlite":
        yield
        return
    with db.engine.connect() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        _wait_for(connection, name)
        yield


def add_new(connection: Connection, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Those of these rows that are not there yet, whoever else adds them at the same moment."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        connection.execute(insert(model).on_conflict_do_nothing(), rows)


def again(work: Callable[[], Outcome]) -> Outcome:
    """The outcome of a transaction that met another one and was taken back: it is done again, reading anew. `work` opens the transaction itself."""
    for turn in range(1, TRIES):
        try:
            return work()
        except Exception as problem:
            if not meets_another(problem):
                raise
        time.sleep(random.random() * 0.01 * turn)
    return work()


def once_written(connection: Connection) -> None:
    """Waits, on PostgreSQL, until all who were writing on cards are done; on SQLite `writing()` alone does that."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE card IN SHARE MODE"))


@contextmanager
def reading() -> Iterator[Connection]:
    """On PostgreSQL a question goes without a transaction around it (one round trip instead of three), unless who asks holds still. And what is begun
    ends with a commit: at a rollback psycopg forgets every statement that it prepared, and each is planned anew.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection
            commit(connection)
        else:
            yield connection


@contextmanager
def looking(engine: Engine | None = None) -> Iterator[Connection]:
    """For one question that may not wait until others give a connection back; to the cards' database, or another. On SQLite there is one for whoever
    asks.
    """
    engine = engine or db.engine
    if engine.dialect.name != "postgresql":
        with engine.connect() as connection:
            yield connection
        return
    if engine not in _lookouts:
        told = options(engine.url.render_as_string(hide_password=False), 1)["connect_args"]
        _lookouts[engine] = create_engine(engine.url, poolclass=NullPool, connect_args=told, isolation_level="AUTOCOMMIT")
    with _lookouts[engine].connect() as connection:
        yield connection


def hold_still(connection: Connection) -> None:
    """From here on everything that is read is of one moment."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
    begin(connection, "BEGIN")


def begin(connection: Connection, how: str) -> None:
    """SQLite begins when it is told to, PostgreSQL by itself. It goes to the driver at once: SQLAlchemy's own way costs ten times as much.
    What is begun and not committed is taken back when the connection is put away.
    """
    raw = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection) and not raw.in_transaction:
        raw.execute(how)


def commit(connection: Connection) -> None:
    """SQLite waits for the disk aside; who comes to write meanwhile gathers for the next turn (`store/turns.py`)."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    if connection.dialect.name == "sqlite":
        aside(raw.commit)
    else:
        raw.commit()
