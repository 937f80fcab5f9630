"""Duty: who is on duty for their organisation, and whether that organisation has a rota (card/access.py says what follows from it)."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from store.database import writing
from store.models import Duty, Organisation


def begin(person: str, until_ms: int) -> None:
    """On duty until then; what was said before no longer counts."""
    with writing() as connection:
        connection.execute(delete(Duty).where(Duty.person == person))
        connection.execute(insert(Duty).values(person=person, until_ms=until_ms))


def end(person: str) -> None:
    with writing() as connection:
        connection.execute(delete(Duty).where(Duty.person == person))


def set_rule(organisation: str, rule: str) -> None:
    """`everybody` or `rota`, for a whole organisation."""
    with writing() as connection:
        connection.execute(update(Organisation).where(Organisation.id == organisation).values(duty=rule))
