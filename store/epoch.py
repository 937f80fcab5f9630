"""Epoch: the name of this server's history. A restored server takes a new one, and phones hand everything in again (PROTOCOL, "POST /sync").

`flask restored` says that a backup was put back. With SQLite the server also notices it by itself when it starts (`store/witness.py`), and on
PostgreSQL every process notices it while it runs, where the tables were made anew or the server came back from an archive (`PLACE`). To take a
new name when nothing was lost costs one round of sharing, no more; to keep the old one after a restore would lose what phones still have.

What a process may remember. Who acknowledges an entry, or tells a phone which cards are gone, names the history in which it did so: on
PostgreSQL the name is read in that same transaction (`within`). For all else a name that is two seconds old does: a phone that hears an old name only
asks once more.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, literal_column, select

from store import witness
from store.database import file_of, put_away, reading, writing
from store.models import Setting, db
from store.prepared import Prepared

Outcome = TypeVar("Outcome")

FRESH_S = 2.0

_known: WeakKeyDictionary[Engine, tuple[str, float]] = WeakKeyDictionary()
_listening: WeakKeyDictionary[Engine, list[Callable[[], None]]] = WeakKeyDictionary()

# Where the tables are: which database, which tables in it (a restore that makes them anew gives them another number), and which timeline of the
# server (who comes back from an archive, or takes over for another, begins a new one).
PLACE: ColumnElement[str] = literal_column(
    "'postgresql:' || (SELECT oid FROM pg_database WHERE datname = current_database()) || ':' || 'setting'::regclass::oid"
    " || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
)
ABOUT_HISTORY = Setting.name.in_(("epoch", "lives_in"))
_SAID = Prepared(select(Setting.name, Setting.value, PLACE).where(ABOUT_HISTORY))


def epoch() -> str:
    """The name of this history; given at the first question. The database is asked every two seconds."""
    name, since = _known.get(db.engine, ("", 0.0))
    if name and time.monotonic() - since < FRESH_S:
        return name
    return (name and _still()) or _named(anew=False)


class Unnamed(Exception):
    """The history that a transaction is in has no name, or one that it got elsewhere."""


def in_history(work: Callable[[], Outcome]) -> Outcome:
    """The outcome of work that asks `within` which history it is in. What has no name yet gets one, outside of its transaction."""
    epoch()
    try:
        return work()
    except Unnamed:
        _named(anew=False)
        return work()


def within(connection: Connection) -> Callable[[], str]:
    """Asks for the name of the history that this transaction reads and writes in, and tells it when what this returns is called. On SQLite one
    process has the file, and `in_history` asked before.
    """
    if connection.dialect.name != "postgresql":
        return lambda: _known[db.engine][0]
    asked = _SAID.asked(connection, {})
    return lambda: named_by(asked())


def named_by(said: Sequence[tuple[str, ...]]) -> str:
    """The name, from what the database has under `ABOUT_HISTORY` (name, value, and where it is): none where it came from elsewhere."""
    name, lives_in, place = _of(said, "epoch"), _of(said, "lives_in"), said[0][2] if said else ""
    if not name or lives_in != place:
        raise Unnamed
    return _remember(name)


def _of(said: Sequence[tuple[str, ...]], name: str) -> str:
    return next((row[1] for row in said if row[0] == name), "")


def _still() -> str:
    """The name as the database has it now, if it got that where it is; else empty."""
    if db.engine.dialect.name == "sqlite":
        name = kept()
        return _remember(name) if name else ""
    with suppress(Unnamed), reading() as connection:
        return within(connection)()
    return ""


def kept() -> str:
    """The name as it stands in the database, given anew to nothing: for who only looks."""
    with reading() as connection:
        return kept_in(connection)


def kept_in(connection: Connection) -> str:
    """The same, of the transaction at hand."""
    return connection.scalar(select(Setting.value).where(Setting.name == "epoch")) or ""


def new_epoch() -> str:
    """After a restore: what phones know of our numbers no longer holds."""
    return _named(anew=True)


def when_renamed(tell: Callable[[], None]) -> None:
    """Who is told, too, once this process notices that its history has another name than it thought."""
    _listening.setdefault(db.engine, []).append(tell)


def forget() -> None:
    """Ask the database again: another one has taken its place."""
    _known.pop(db.engine, None)


def server_starts() -> str:
    file = file_of(db.engine)
    return new_epoch() if file and witness.was_touched(file) else epoch()


def server_stops() -> None:
    file = file_of(db.engine)
    put_away()
    if file:
        witness.left(file)


def _named(anew: bool) -> str:
    """The name that the database has; another one when asked for, or when the database lives elsewhere than when it got its name.

    A database that came to PostgreSQL from elsewhere (`flask move`) keeps its name: it came whole.
    """
    file = lives_in()
    with writing() as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        here = str(connection.scalar(select(PLACE))) if on_postgresql else file
        said = {row.name: row.value for row in connection.execute(select(Setting.name, Setting.value).where(ABOUT_HISTORY))}
        name, lived_in = said.get("epoch"), said.get("lives_in", "")
        stays = lived_in == here or (on_postgresql and not lived_in.startswith("postgresql:"))
        if anew or name is None or not stays:
            name = str(uuid.uuid4())
        if said != (now := {"epoch": name, "lives_in": here}):
            connection.execute(delete(Setting).where(ABOUT_HISTORY))
            connection.execute(insert(Setting), [{"name": key, "value": value} for key, value in now.items()])
    return _remember(name)


def _remember(name: str) -> str:
    before, _ = _known.get(db.engine, ("", 0.0))
    _known[db.engine] = (name, time.monotonic())
    if before not in ("", name):
        for tell in _listening.get(db.engine, ()):
            tell()
    return name


def lives_in() -> str:
    """Which file the database is; empty where it is none. A name holds where it was given, or went as a whole (store/copies/move.py)."""
    file = file_of(db.engine)
    return witness.identity(file) if file else ""
