"""Furthest: how far the clock of this server ever was when it took something in.

A clock that ran ahead for a while and is set right leaves phones with stamps from the time that it told, and a phone never stamps before what it
wrote. Measured by the clock alone, all that they write would be refused as ahead of the server until time had caught up. What follows what this
server itself called now is not ahead of it. Looked up seldom: only where an entry would be refused for the clock; in the database once, and where
there may be other processes, with other clocks, at most once in five seconds.
"""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, func, select

from card.clock import instant_ms
from store.access_log import iso
from store.models import EntryRow
from store.prepared import Prepared

_seen: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
_looked: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()
FRESH_S = 5.0

_FURTHEST = Prepared(select(func.max(EntryRow.received)).where(EntryRow.received > bindparam("now")))


def note(engine: Engine, now_ms: int) -> None:
    """Something is taken in now."""
    if now_ms > _seen.get(engine, 0):
        _seen[engine] = now_ms


def furthest(connection: Connection, now_ms: int) -> int:
    """In milliseconds; the clock of now where it was never ahead."""
    engine = connection.engine
    is_alone = engine.dialect.name == "sqlite"
    if engine not in _looked or not is_alone and time.monotonic() - _looked[engine] >= FRESH_S:
        ((received,),) = _FURTHEST.rows(connection, {"now": iso(now_ms)})
        note(engine, instant_ms(received) if received else 0)
        _looked[engine] = time.monotonic()
    return max(now_ms, _seen.get(engine, 0))
