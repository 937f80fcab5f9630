"""Furthest: how far the clock of this server ever was when it took something in.

A clock that ran ahead for a while and is set right leaves phones with stamps from the time that it told, and a phone never stamps before what it
wrote. Measured by the clock alone, all that they write would be refused as ahead of the server until time had caught up. What follows what this
server itself called now is not ahead of it, and another process may have another clock. Looked up seldom: only where an entry would be refused for
the clock, and in the database at most once in five seconds.
"""

from __future__ import annotations

import time
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from store.models import EntryRow
from store.prepared import Prepared

_seen: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
_looked: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()
FRESH_S = 5.0


_FURTHEST = Prepared(select(func.max(EntryRow.received)))


def note(engine: Engine, now_ms: int) -> None:
    """Something is taken in now."""
    if now_ms > _seen.get(engine, 0):
        _seen[engine] = now_ms


def furthest(connection: Connection) -> int:
    engine = connection.engine
    if time.monotonic() - _looked.get(engine, -FRESH_S) >= FRESH_S:
        ((received,),) = _FURTHEST.rows(connection, {})
        note(engine, round(datetime.fromisoformat(received).timestamp() * 1000) if received else 0)
        _looked[engine] = time.monotonic()
    return _seen[engine]
