"""Push queue: how many notices wait to be sent, and how late the first of them is. For who watches over the server."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from store.database import reading
from store.models import PushOut

_WAITING = select(func.count(), func.min(PushOut.not_before_ms)).where(PushOut.done_ms.is_(None))


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    late_ms: int


def queue(now_ms: int) -> Queue:
    """`late_ms`: how long the first that is due has been due; 0 where none is, also where one that failed waits for its next try."""
    with reading() as connection:
        waiting, first_ms = connection.execute(_WAITING).one()
    return Queue(int(waiting), max(0, now_ms - first_ms) if first_ms is not None else 0)
