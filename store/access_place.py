"""Where the access log is: beside the cards, unless it is said to be elsewhere (docs/decisions/0030). A place in which it could not be kept as it
must is refused: by its address before anything begins, and by what is there when a server starts.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import ArgumentError

from store import access_log
from store.database import OURS
from store.models import db

SEE = 'See docs/operations.md, "The access log".'
_DRIVERS = ("sqlite", "postgresql+psycopg")
_MANY = 2**31


class Misplaced(ValueError):
    """An access log where it cannot be; the text says what to do."""


def place_of(cards: str, said: str = "", several: bool = False) -> str:
    """The address of the access log of these cards. `several`: processes, which may be on several machines."""
    if not said:
        return beside(cards)
    try:
        ours, theirs = make_url(said), make_url(cards)
    except ArgumentError as problem:
        raise Misplaced(f"ACCESS_DATABASE_URL is no address of a database. {SEE}") from problem
    if ours.drivername not in _DRIVERS:
        raise Misplaced(f"ACCESS_DATABASE_URL begins with postgresql+psycopg:// or with sqlite:///. {SEE}")
    if ours.drivername == "sqlite" and ours.database in (None, "", ":memory:"):
        raise Misplaced("ACCESS_DATABASE_URL names no file: an access log in memory is gone with the process.")
    if _where(ours) == _where(theirs) and (ours.drivername == "sqlite" or ours != theirs):
        raise Misplaced(f"ACCESS_DATABASE_URL names the database of the cards. Take it away: the access log is beside them by itself. {SEE}")
    if ours.drivername == "sqlite" and several and theirs.get_backend_name() == "postgresql":
        raise Misplaced(
            "With LIVE_URL there are several processes, and each machine would have an access log of its own in a file. "
            f"Take ACCESS_DATABASE_URL away, or name a PostgreSQL that all of them reach. {SEE}"
        )
    return said


def beside(cards: str) -> str:
    """Where it lives when nobody says so: in the folder of the cards' SQLite, or in the cards' own PostgreSQL, which every process reaches."""
    url = make_url(cards)
    if url.get_backend_name() == "postgresql":
        return cards
    file = url.database if url.get_backend_name() == "sqlite" else None
    folder = Path(file).parent if file and file != ":memory:" else Path(os.environ.get("DATA", "var")).absolute()
    return f"sqlite:///{folder / 'access.sqlite'}"


def _where(url: URL) -> tuple[object, ...]:
    """Which database an address means, whoever comes and however."""
    if url.get_backend_name() == "sqlite":
        return ("sqlite", str(Path(url.database or "").absolute()))
    host = url.host or url.query.get("host") or "localhost"
    return (url.get_backend_name(), host, url.port or url.query.get("port") or 5432, url.database or url.username)


def look() -> None:
    """When a server starts: in a PostgreSQL of its own there is what its owner made, and this program may add and read, and nothing else."""
    engine = access_log.engine()
    if engine.dialect.name != "postgresql" or access_log.is_beside():
        return
    with engine.connect() as log:
        if db.engine.dialect.name == "postgresql" and _is_of_the_cards(log):
            raise Misplaced(f"ACCESS_DATABASE_URL leads to the database of the cards. Take it away: the access log is there by itself. {SEE}")
        if (spelled := log.scalar(_ENCODING)) != "UTF8":
            raise Misplaced(f"The database of ACCESS_DATABASE_URL is in {spelled}, and names of people must fit in it: make one in UTF8. {SEE}")
        columns = set(log.scalars(_COLUMNS))
        if missing := [column.name for column in access_log.lines.columns if column.name not in columns]:
            what = f"lacks {', '.join(missing)}" if columns else "is not there, or this role may not see it"
            raise Misplaced(f"In the PostgreSQL of ACCESS_DATABASE_URL the table access_line {what}: its owner makes it. {SEE}")
        may_keep, may_change = log.execute(_RIGHTS).one()
        if not may_keep or may_change:
            said = "may change or empty" if may_change else "may not both read and add to"
            raise Misplaced(f"The role of ACCESS_DATABASE_URL {said} access_line: grant it SELECT and INSERT alone. {SEE}")


_ENCODING = text("SELECT current_setting('server_encoding')")
_COLUMNS = text("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('access_line') AND attnum > 0 AND NOT attisdropped")
_RIGHTS = text(
    "SELECT has_table_privilege('access_line', 'SELECT') AND has_table_privilege('access_line', 'INSERT'),"
    " has_table_privilege('access_line', 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege('access_line', 'UPDATE')"
)
_TAKE = text("SELECT pg_advisory_xact_lock(:ours, :number)")
_IS_TAKEN = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = :ours AND objid = :number AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


def _is_of_the_cards(log: Connection) -> bool:
    """One database may have many addresses: what is locked in the one is seen in the other."""
    told = {"ours": OURS, "number": secrets.randbelow(_MANY)}
    with db.engine.connect() as cards:
        cards.execute(_TAKE, told)
        return bool(log.scalar(_IS_TAKEN, told))
