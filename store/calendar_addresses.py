"""Calendar addresses: the secret address by which a calendar program reads what one person has to do, until they make another one or withdraw it.

The secret is 256 bits by chance and is told once; kept is only its hash. What it opens is asked anew each time: an account that was switched off has
no calendar, and who is off duty sees there what they see in Motorkap.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from card.access import Viewer, is_on_duty
from store.database import reading, writing
from store.models import CalendarAddress, Duty, Organisation, Person
from store.tokens import hash_of

USED_EVERY_MS = 15 * 60 * 1000


@dataclass(frozen=True)
class Address:
    """When somebody's address was made, and when a calendar program last asked by it."""

    made_ms: int
    used_ms: int | None


@dataclass(frozen=True)
class Subscriber:
    """Whose calendar a secret opens."""

    name: str
    viewer: Viewer


def make(person: str, now_ms: int) -> str:
    """A new secret for this person; the old one opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with writing() as connection:
        connection.execute(delete(CalendarAddress).where(CalendarAddress.person == person))
        connection.execute(insert(CalendarAddress).values(person=person, secret_hash=hash_of(secret), made_ms=now_ms))
    return secret


def withdraw(person: str) -> None:
    with writing() as connection:
        connection.execute(delete(CalendarAddress).where(CalendarAddress.person == person))


def of(person: str) -> Address | None:
    with reading() as connection:
        row = connection.execute(select(CalendarAddress.made_ms, CalendarAddress.used_ms).where(CalendarAddress.person == person)).first()
    return None if row is None else Address(*row)


def subscriber(secret: str, now_ms: int) -> Subscriber | None:
    """Whose address this is, as they are now. That it was used is written seldom."""
    who = (Person.id, Person.name, Person.org, Organisation.domain, Person.role, Person.team)
    wanted = (
        select(*who, Organisation.duty, Duty.until_ms, CalendarAddress.used_ms)
        .join(Person, Person.id == CalendarAddress.person)
        .join(Organisation, Organisation.id == Person.org)
        .outerjoin(Duty, Duty.person == Person.id)
        .where(CalendarAddress.secret_hash == hash_of(secret), Person.active)
    )
    with reading() as connection:
        row = connection.execute(wanted).first()
    if row is None:
        return None
    if row.used_ms is None or now_ms - row.used_ms >= USED_EVERY_MS:
        with writing(alone=None) as connection:
            connection.execute(update(CalendarAddress).where(CalendarAddress.person == row.id).values(used_ms=now_ms))
    on_duty = is_on_duty(row.duty, row.until_ms, now_ms)
    return Subscriber(row.name, Viewer(row.id, row.org, row.domain, row.role, "", on_duty, row.team))
