"""The rules that an administrator sets for a whole organisation: how long sessions last, how phones lock, who sees its cards. Whoever changes
one is on record, with what it was (`store/administration.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from store.administration import By, record
from store.database import writing
from store.models import Organisation


def change(by: By, values: Mapping[str, str | int | bool]) -> None:
    """`values` by column of the organisation. What stays as it was is no change, and is not written down."""
    columns = Organisation.__table__.columns
    with writing() as connection:
        known = connection.execute(select(*(columns[name] for name in values)).where(Organisation.id == by.org)).mappings().one()
        changes = {name: (_told(known[name]), _told(value)) for name, value in values.items() if known[name] != value}
        if changes:
            connection.execute(update(Organisation).where(Organisation.id == by.org).values(dict(values)))
            record(connection, by, "rules_changed", changes=changes)


def _told(value: str | int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
