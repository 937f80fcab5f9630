"""Administration: what administrators did, to whom and when. Written in the transaction of the deed: neither is there without the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from store.database import reading
from store.models import Administration

MOST = 50

Changes = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class By:
    """Who does something for an organisation, and when. Nobody in person: somebody at the server, with a command."""

    org: str
    now_ms: int
    person: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Done:
    id: int
    at_ms: int
    by_name: str
    what: str
    about: str | None
    about_name: str
    changes: dict[str, tuple[str, str]]


def record(connection: Connection, by: By, what: str, about: str | None = None, about_name: str = "", changes: Changes | None = None) -> None:
    facts: dict[str, Any] = {"what": what, "about": about, "about_name": about_name[:254], "changes": json.dumps(dict(changes or {}))}
    connection.execute(insert(Administration).values(org=by.org, at_ms=by.now_ms, by=by.person, by_name=by.name, **facts))


def done(org: str, before: int | None = None, most: int = MOST) -> list[Done]:
    """What was done for this organisation, the last first; `before`: from that one on, further back."""
    row = Administration
    wanted = select(row.id, row.at_ms, row.by_name, row.what, row.about, row.about_name, row.changes).where(row.org == org)
    if before is not None:
        wanted = wanted.where(row.id < before)
    with reading() as connection:
        rows = connection.execute(wanted.order_by(row.id.desc()).limit(most)).all()
    return [_as_done(row) for row in rows]


def _as_done(row: Any) -> Done:
    changes = {name: (old, new) for name, (old, new) in json.loads(row.changes).items()}
    return Done(row.id, row.at_ms, row.by_name, row.what, row.about, row.about_name, changes)
