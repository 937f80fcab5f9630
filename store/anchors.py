"""Anchors: how far the access log had come, a line a day in the cards' database. Whoever cuts the log off or makes it anew must change both."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, delete, insert, select

from store import access_log
from store.database import reading, writing
from store.models import AccessAnchor, db

_written: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def write(now_ms: int, anew: bool = False) -> None:
    """Once a day, and when asked."""
    day = access_log.iso(now_ms)[:10]
    found = access_log.head() if anew or _written.get(db.engine) != day else None
    if found is None:
        return
    file, number, hash_ = found
    with writing() as connection:
        same = (AccessAnchor.file == file, AccessAnchor.day == day)
        known = connection.scalar(select(AccessAnchor.number).where(*same))
        if known is None or (anew and known < number):
            connection.execute(delete(AccessAnchor).where(*same))
            connection.execute(insert(AccessAnchor).values(file=file, day=day, number=number, hash=hash_))
    _written[db.engine] = day


def all_anchors() -> list[tuple[str, str, int, str]]:
    """(file, day, number, hash), oldest first."""
    with reading() as connection:
        rows = connection.execute(select(AccessAnchor.file, AccessAnchor.day, AccessAnchor.number, AccessAnchor.hash).order_by(AccessAnchor.day))
        return [(row.file, row.day, row.number, row.hash) for row in rows]


def forget_other_files(file: str) -> int:
    """The operator moved an older log away on purpose: its anchors go, and how many there were."""
    with writing() as connection:
        return connection.execute(delete(AccessAnchor).where(AccessAnchor.file != file)).rowcount
