"""In use: whether somebody else has the database open, such as the server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from store.copies.refused import Refused

_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_OURS = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_SESSIONS = text(
    "SELECT coalesce(nullif(application_name, ''), 'without a name') || coalesce(' at ' || host(client_addr), '') FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL "
    "AND coalesce(backend_type, 'client backend') = 'client backend' ORDER BY 1"  # Of another role's session little is told.
)


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Until this ends nobody else opens this SQLite; what stood in its write-ahead log is in the file itself. False: there is none, or none that
    SQLite can read, and then nobody is kept out. With the server running it is refused: a connection with a write-ahead log holds its file for as
    long as it is open, and only who is alone may leave that mode (sqlite.org/pragma.html#pragma_journal_mode).
    """
    if not file.exists():
        yield False
        return
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as connection:
        try:
            for statement in ("PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=DELETE", "BEGIN EXCLUSIVE"):
                connection.execute(statement).fetchall()
            whole = True
        except sqlite3.DatabaseError as problem:
            code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
            if code in _HELD:
                raise Refused(f"Somebody has {file} open. Stop the server first.") from problem
            if code in _NOT_OURS:
                raise Refused(f"{file} cannot be opened: {problem}.") from problem
            whole = False
        yield whole


def nobody_connected(engine: Engine) -> None:
    """Refuses where other sessions are in this PostgreSQL database."""
    engine.dispose()
    with engine.connect() as connection:
        found = list(connection.scalars(_SESSIONS))
    engine.dispose()
    if found:
        said = ", ".join(sorted(set(found)))
        raise Refused(
            f"{len(found)} sessions are in this database: {said}. Stop the server first. When none of them is Motorkap (a monitor, your own psql), "
            "say --although-connected."
        )
