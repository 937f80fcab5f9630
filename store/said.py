"""Said: what an organisation says in the place of what comes with Motorkap, one thing at a time (sharing.py, language.py).

Nothing is overwritten: the newest counts and older ones stay readable. `about` is the column that names the thing; its table also has `id`,
`organisation`, `says` (JSON), `by` and `when_ms`.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from store.database import reading
from store.models import Person

About = InstrumentedAttribute[str]
Says = dict[str, Any]


def add(connection: Connection, about: About, named: str, says: Says, organisation: str, by: str | None, now_ms: int) -> None:
    """From now on this; empty is the thing as it comes."""
    told = json.dumps(says, ensure_ascii=False, sort_keys=True)
    connection.execute(insert(about.class_).values({about.key: named, "organisation": organisation, "says": told, "by": by, "when_ms": now_ms}))


def newest(about: About, organisation: str) -> dict[str, Says]:
    """What counts now, by name; empty where the organisation took back what it said."""
    row: Any = about.class_
    last = select(func.max(row.id)).where(row.organisation == organisation).group_by(about)
    with reading() as connection:
        rows = connection.execute(select(about, row.says).where(row.id.in_(last)).order_by(about)).all()
    return {named: json.loads(says) for named, says in rows}


def history(about: About, organisation: str, named: str) -> list[Says]:
    """What it said before, newest first: [{"says", "when_ms", "by"}], `by` with the name."""
    row: Any = about.class_
    asked = select(row.says, row.when_ms, Person.name).join(Person, Person.id == row.by)
    with reading() as connection:
        rows = connection.execute(asked.where(row.organisation == organisation, about == named).order_by(row.id.desc()))
        return [{"says": json.loads(says), "when_ms": when_ms, "by": name} for says, when_ms, name in rows]
