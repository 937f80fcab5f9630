"""How the database is opened: SQLite with a write-ahead log and a sync on every commit, or PostgreSQL.

`writing()` is the one way to change anything. On SQLite it takes the write lock before it reads (BEGIN IMMEDIATE), so that two writers never decide
on the same state, and writers of one process wait for each other here instead of in SQLite, where waiting stands still. On PostgreSQL the rows
of the cards are locked instead (`store/batch.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

from store.aside import aside
from store.models import db

_turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


def prepare(engine: Engine) -> None:
    """SQLite as it must be for a log that may not lose what it acknowledged (sqlite.org/pragma.html#pragma_synchronous)."""
    if engine.dialect.name != "sqlite":
        return
    _turns[engine] = Lock()

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        begin(connection, "BEGIN")


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction that writes. What is inside either is durably there when this ends, or never was."""
    engine = db.engine
    with _turns.get(engine) or nullcontext(), engine.connect() as connection:
        begin(connection, "BEGIN IMMEDIATE")
        yield connection
        commit(connection)


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
