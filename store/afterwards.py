"""Afterwards: after how many hours the people of an organisation are asked how a card that closed went (card/afterwards.py)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from card.afterwards import AFTER_H
from store import rules
from store.administration import By
from store.database import reading
from store.models import Organisation, Person


def after_h(org: str) -> int:
    """Of an organisation that this server does not know: what counts when nobody chose."""
    with reading() as connection:
        found = connection.scalar(select(Organisation.feedback_after_h).where(Organisation.id == org))
    return AFTER_H if found is None else found


def hours_of(persons: Collection[str]) -> dict[str, int]:
    """After how many hours each of these is asked; who has no account is not."""
    asked = select(Person.id, Organisation.feedback_after_h).join(Organisation, Organisation.id == Person.org)
    with reading() as connection:
        rows = connection.execute(asked.where(Person.id.in_(sorted(set(persons)))).order_by(Person.id))
        return {row.id: row.feedback_after_h for row in rows}


def set_after_h(by: By, hours: int) -> None:
    rules.change(by, {"feedback_after_h": hours})
