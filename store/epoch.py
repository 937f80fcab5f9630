"""Epoch: the name of this server's history. A restored server takes a new one, and phones hand everything in again (PROTOCOL, "POST /sync").

`flask restored` says that a backup was put back. With SQLite the server also notices it by itself (`store/witness.py`). To take a new name when
nothing was lost costs one round of sharing, no more; to keep the old one after a restore would lose what phones still have.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, delete, insert, select

from store import witness
from store.database import reading, writing
from store.models import Setting, db

_known: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def epoch() -> str:
    """The name of this history; given at the first question. Asked of the database once a start."""
    return _known.get(db.engine) or _named(anew=False)


def kept() -> str:
    """The name as it stands in the database, given anew to nothing: for who only looks."""
    with reading() as connection:
        return connection.scalar(select(Setting.value).where(Setting.name == "epoch")) or ""


def new_epoch() -> str:
    """After a restore: what phones know of our numbers no longer holds."""
    return _named(anew=True)


def forget() -> None:
    """Ask the database again: another one has taken its place."""
    _known.pop(db.engine, None)


def server_starts() -> str:
    file = _file()
    return new_epoch() if file and witness.was_touched(file) else epoch()


def server_stops() -> None:
    file = _file()
    for engine in db.engines.values():
        engine.dispose()
    if file:
        witness.left(file)


def _named(anew: bool) -> str:
    """The name that the database has; another one when asked for, or when the database lives elsewhere than when it got its name."""
    here = lives_in()
    with writing() as connection:
        said = {row.name: row.value for row in connection.execute(select(Setting.name, Setting.value))}
        name = said.get("epoch")
        if anew or name is None or said.get("lives_in") != here:
            name = str(uuid.uuid4())
            connection.execute(delete(Setting).where(Setting.name.in_(("epoch", "lives_in"))))
            connection.execute(insert(Setting), [{"name": "epoch", "value": name}, {"name": "lives_in", "value": here}])
    _known[db.engine] = name
    return name


def lives_in() -> str:
    """Where the database is now: which file; empty where it is none. A name holds where it was given, or went as a whole (store/copies/move.py)."""
    file = _file()
    return witness.identity(file) if file else ""


def _file() -> Path | None:
    """The file that the database is, where it is one."""
    name = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None
