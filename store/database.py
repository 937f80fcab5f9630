"""How the database is opened: SQLite with a write-ahead log and a sync on every commit, or PostgreSQL.

`writing()` is the one way to change a log. On SQLite it takes the write lock before it reads anything (BEGIN IMMEDIATE), so that two writers
never decide on the same state; on PostgreSQL the row of the card is locked instead (`store/log.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from store.models import db


def prepare(engine: Engine) -> None:
    """SQLite as it must be for a log that may not lose what it acknowledged (sqlite.org/pragma.html#pragma_synchronous)."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        yield connection
