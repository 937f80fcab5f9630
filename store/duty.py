"""Duty: who is on duty for their organisation, and whether that organisation has a rota (card/access.py says what follows from it).

When people were on duty is kept too, because a card that came to the organisation then is one of their team's (`store/team.py`).
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, insert, update

from store import rules
from store.administration import By
from store.database import writing
from store.models import Duty, DutyPeriod

KEPT_MS = 400 * 24 * 60 * 60 * 1000
"""How long it is remembered when somebody was on duty: longer than any card that can be looked back on."""


def begin(person: str, until_ms: int, now_ms: int) -> None:
    """On duty until then; what was said before no longer counts."""
    with writing() as connection:
        connection.execute(delete(Duty).where(Duty.person == person))
        connection.execute(insert(Duty).values(person=person, until_ms=until_ms))
        connection.execute(delete(DutyPeriod).where(DutyPeriod.person == person, DutyPeriod.until_ms < now_ms - KEPT_MS))
        if not connection.execute(update(DutyPeriod).where(*_runs(person, now_ms)).values(until_ms=until_ms)).rowcount:
            connection.execute(insert(DutyPeriod).values(person=person, from_ms=now_ms, until_ms=until_ms))


def end(person: str, now_ms: int) -> None:
    with writing() as connection:
        connection.execute(delete(Duty).where(Duty.person == person))
        connection.execute(update(DutyPeriod).where(*_runs(person, now_ms)).values(until_ms=now_ms))


def _runs(person: str, now_ms: int) -> tuple[ColumnElement[bool], ...]:
    return DutyPeriod.person == person, DutyPeriod.until_ms > now_ms


def set_rule(by: By, rule: str) -> None:
    """`everybody` or `rota`, for a whole organisation."""
    rules.change(by, {"duty": rule})
