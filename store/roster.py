"""The roster: the people of one organisation, as its administrators see and keep them. Every change is recorded, and an organisation always keeps an
administrator who can come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from store import invitations
from store.administration import By, record
from store.database import reading, writing
from store.models import Organisation, Person
from store.refused import Refused

ROLES = ("member", "lead", "admin", "privacy")
PAGE = 100

_ROW = (Person.id, Person.email, Person.name, Person.function, Person.role, Person.team, Person.active)


@dataclass(frozen=True)
class Row:
    id: str
    email: str
    name: str
    function: str
    role: str
    team: str
    active: bool


def people_of(org: str, text: str = "", skip: int = 0) -> tuple[list[Row], int]:
    """A page of the people of an organisation, who may come in first, by name; and how many there are. `text`: only where it is found."""
    wanted = select(*_ROW).where(Person.org == org)
    for word in text.lower().split():
        told = func.lower(Person.name + " " + Person.email + " " + Person.function + " " + Person.team)
        wanted = wanted.where(told.contains(word, autoescape=True))
    with reading() as connection:
        total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = connection.execute(wanted.order_by(Person.active.desc(), func.lower(Person.name), Person.id).offset(skip).limit(PAGE)).all()
    return [Row(*row) for row in rows], total


def person_of(org: str, person: str) -> Row | None:
    with reading() as connection:
        return _person(connection, org, person)


def teams_of(org: str) -> list[str]:
    with reading() as connection:
        return list(connection.scalars(select(Person.team).where(Person.org == org, Person.team != "").distinct().order_by(Person.team)))


def change(by: By, person: str, values: Mapping[str, str]) -> Row | Refused:
    with writing() as connection:
        return change_within(connection, by, person, values)


def change_within(connection: Connection, by: By, person: str, values: Mapping[str, str]) -> Row | Refused:
    """Name, function, role and team of somebody; only what differs is changed and recorded."""
    known = _person(connection, by.org, person)
    if known is None:
        return Refused("missing")
    changes = {name: (str(getattr(known, name)), value) for name, value in values.items() if getattr(known, name) != value}
    if "role" in changes and is_last_admin(connection, by.org, person):
        return Refused("last_admin")
    if changes:
        new = {name: value for name, (_, value) in changes.items()}
        connection.execute(update(Person).where(Person.id == person).values(**new))
        record(connection, by, "changed", person, new.get("name", known.name), changes)
    return _person(connection, by.org, person) or known


def deactivate(by: By, person: str) -> Row | Refused:
    """From now on this person cannot come in. Ending what runs on their devices is up to who calls this."""
    with writing() as connection:
        known = _person(connection, by.org, person)
        if known is None or not known.active:
            return Refused("missing")
        if is_last_admin(connection, by.org, person):
            return Refused("last_admin")
        connection.execute(update(Person).where(Person.id == person).values(active=False))
        invitations.withdraw_of(connection, by, person)
        record(connection, by, "deactivated", person, known.name)
        return known


def reactivate(by: By, person: str) -> Row | Refused:
    with writing() as connection:
        known = _person(connection, by.org, person)
        if known is None or known.active:
            return Refused("missing")
        connection.execute(update(Person).where(Person.id == person).values(active=True))
        record(connection, by, "reactivated", person, known.name)
        return known


def is_last_admin(connection: Connection, org: str, person: str) -> bool:
    """Whether this person is the only administrator who can come in. The rows stay locked, so that two cannot leave at the same moment."""
    admins = select(Person.id).where(Person.org == org, Person.role == "admin", Person.active).with_for_update()
    return list(connection.scalars(admins)) == [person]


def has_admin(org: str) -> bool:
    with reading() as connection:
        return connection.scalar(select(Person.id).where(Person.org == org, Person.role == "admin", Person.active).limit(1)) is not None


def organisation_of(org: str) -> dict[str, Any] | None:
    wanted = select(Organisation.id, Organisation.name, Organisation.domain, Organisation.sector, Organisation.second_factor)
    with reading() as connection:
        row = connection.execute(wanted.where(Organisation.id == org)).mappings().first()
    return None if row is None else dict(row)


def change_organisation(by: By, values: Mapping[str, str]) -> None:
    """Name, sector and whether a second way is asked; the domain is chosen when the organisation is made, and stays."""
    with writing() as connection:
        wanted = select(Organisation.name, Organisation.sector, Organisation.second_factor).where(Organisation.id == by.org)
        known = dict(connection.execute(wanted).mappings().one())
        changes = {name: (str(known[name]), value) for name, value in values.items() if known[name] != value}
        if changes:
            connection.execute(update(Organisation).where(Organisation.id == by.org).values({name: value for name, (_, value) in changes.items()}))
            record(connection, by, "organisation_changed", about_name=str(known["name"]), changes=changes)


def make_organisation(slug: str, name: str, domain: str, sector: str) -> None:
    with writing() as connection:
        connection.execute(Organisation.__table__.insert().values(id=slug, name=name, domain=domain, sector=sector))  # type: ignore[attr-defined]


def _person(connection: Connection, org: str, person: str) -> Row | None:
    row = connection.execute(select(*_ROW).where(Person.id == person, Person.org == org)).first()
    return None if row is None else Row(*row)
