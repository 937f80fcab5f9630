"""Epoch: the name of this server's history. A restored server takes a new one, and phones hand everything in again (PROTOCOL, "POST /sync").

`flask restored` says that a backup was put back. SQLite also notices it without being told: the database remembers in which file it lives, and a
backup that was put back is another file (another inode). A file that was only moved to another disk costs one round of sharing, no more.
"""

from __future__ import annotations

import os
import uuid
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, delete, insert, select

from store.database import writing
from store.models import Setting, db

_known: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def epoch() -> str:
    """The name of this history; given at the first question. Asked of the database once a start."""
    return _known.get(db.engine) or _named(anew=False)


def new_epoch() -> str:
    """After a restore: what phones know of our numbers no longer holds."""
    return _named(anew=True)


def _named(anew: bool) -> str:
    """The name that the database has; another one when asked for, or when the database lives elsewhere than when it got its name."""
    with writing() as connection:
        said = {row.name: row.value for row in connection.execute(select(Setting.name, Setting.value))}
        name = said.get("epoch")
        if anew or name is None or said.get("lives_in") != _lives_in():
            name = str(uuid.uuid4())
            connection.execute(delete(Setting).where(Setting.name.in_(("epoch", "lives_in"))))
            connection.execute(insert(Setting), [{"name": "epoch", "value": name}, {"name": "lives_in", "value": _lives_in()}])
    _known[db.engine] = name
    return name


def _lives_in() -> str:
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if not file or not os.path.exists(file):
        return ""
    place = os.stat(file)
    return f"{place.st_dev}:{place.st_ino}"
