"""People, their organisations and their devices: who is signed in, and whom entries name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from card.access import Viewer, is_on_duty
from store.database import reading, writing
from store.edition import edition
from store.models import Device, Duty, Organisation, Person, Session
from store.prepared import Prepared
from store.seldom import Seldom
from store.sessions import HOUR_MS
from store.tokens import hash_of


@dataclass(frozen=True)
class SignedIn:
    """Who uses a device now, and in which session. What Flask-Login asks of a user is here; what may be seen is asked of its `viewer`."""

    session: str
    on_duty: bool
    person: str
    name: str
    function: str
    org: str
    domain: str
    role: str
    team: str
    device: str
    created_ms: int
    seen_ms: int
    absolute_h: int
    idle_h: int
    duty: str
    duty_until: int | None
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.session

    @property
    def until_ms(self) -> int:
        """When this session ends however much it is used."""
        return self.created_ms + self.absolute_h * HOUR_MS

    @property
    def rights_until_ms(self) -> int:
        """When what this session may see changes by itself: it ends, or in an organisation with a rota the duty does."""
        if self.duty != "rota" or not self.on_duty or self.duty_until is None:
            return self.until_ms
        return min(self.until_ms, self.duty_until)

    def passed(self, now_ms: int) -> str | None:
        """The limit of the organisation that this session has passed, if any."""
        if now_ms >= self.until_ms:
            return "absolute"
        return "idle" if now_ms >= self.seen_ms + self.idle_h * HOUR_MS else None

    @cached_property
    def viewer(self) -> Viewer:
        return Viewer(self.person, self.org, self.domain, self.role, self.device, self.on_duty, self.team)


_SIGNED_IN = Prepared(
    select(
        *(Person.id, Person.name, Person.function, Person.org, Organisation.domain, Person.role, Person.team, Device.id.label("device")),
        *(Session.created_ms, Session.seen_ms, Organisation.session_absolute_h, Organisation.session_idle_h),
        *(Organisation.duty, Duty.until_ms.label("duty_until")),
    )
    .join(Device, Device.id == Session.device)
    .join(Person, Person.id == Session.person)
    .join(Organisation, Organisation.id == Person.org)
    .outerjoin(Duty, Duty.person == Person.id)
    .where(Session.id_hash == bindparam("id_hash"), Session.ended_ms.is_(None), Person.active, Device.revoked.is_(None))
)


def signed_in(session: str, now_ms: int) -> SignedIn | None:
    """The user of a session as they are now, unless it ended, the account was closed or the device revoked.

    Whether it passed a limit is asked of the user.
    """
    with reading() as connection:
        rows = _SIGNED_IN.rows(connection, {"id_hash": hash_of(session)})
    if not rows:
        return None
    *_, rule, until_ms = rows[0]
    person, name, function, org, *_ = rows[0]
    know_name(person, name, org, function)
    return SignedIn(session, is_on_duty(rule, until_ms, now_ms), *rows[0])


def viewer_of(person: str, device: str) -> Viewer | None:
    """What somebody who wrote with this device may see; None where nobody here has that name."""
    told = select(Person.org, Organisation.domain, Person.role, Person.team)
    asked = told.join(Organisation, Organisation.id == Person.org).where(Person.id == person)
    with reading() as connection:
        row = connection.execute(asked).first()
    return None if row is None else Viewer(person, row.org, row.domain, row.role, device, team=row.team)


@dataclass(frozen=True)
class Account:
    person: str
    password_hash: str


def account_of(email: str) -> Account | None:
    """The open account with this e-mail address, whatever its capitals."""
    with reading() as connection:
        row = connection.execute(select(Person.id, Person.password_hash).where(Person.email == email.strip().lower(), Person.active)).first()
    return None if row is None else Account(*row)


def account_of_person(person: str) -> Account | None:
    """The open account of somebody who was named before: between two steps, or asked once more."""
    with reading() as connection:
        row = connection.execute(select(Person.id, Person.password_hash).where(Person.id == person, Person.active)).first()
    return None if row is None else Account(*row)


def has_password(person: str) -> bool:
    """Not who came with a passkey and never chose a password."""
    with reading() as connection:
        return bool(connection.scalar(select(Person.password_hash).where(Person.id == person)))


def email_of(person: str) -> str:
    with reading() as connection:
        return connection.scalar(select(Person.email).where(Person.id == person)) or ""


def keep_password_hash(person: str, password_hash: str) -> None:
    with writing() as connection:
        connection.execute(Person.__table__.update().where(Person.id == person).values(password_hash=password_hash))  # type: ignore[attr-defined]


def device_of(browser: str, person: str, now: datetime, kind: str = "") -> str:
    """The device that this person has on this browser: the same as last time, or a new one. Eight hex digits, never given twice.

    They follow from browser and person, so that a server whose backup does not know the device gives it the same name again:
    what the phone still has to share was written under it. `kind` is what its person calls it by: which browser on which system.
    """
    with writing() as connection:
        known = connection.scalar(select(Device.id).where(Device.browser == browser, Device.person == person, Device.revoked.is_(None)))
        device = known or next(made for turn in count() if (made := _new_device(connection, browser, person, now, turn)))
        if kind:
            connection.execute(update(Device).where(Device.id == device, Device.kind != kind).values(kind=kind))
        return device


def _new_device(connection: Connection, browser: str, person: str, now: datetime, turn: int) -> str | None:
    """A device under the name for this turn; None when that name was given before."""
    device = hashlib.sha256(f"{browser} {person} {turn}".encode()).hexdigest()[:8]
    if connection.scalar(select(Device.id).where(Device.id == device)):
        return None
    connection.execute(insert(Device).values(id=device, browser=browser, person=person, created=now))
    return device


_NAMES = Prepared(select(Person.id, Person.name, Person.org, Person.function).where(Person.id.in_(bindparam("people", expanding=True))))
_ALL_ORGANISATIONS = (
    select(Organisation.id, Organisation.name, Organisation.domain, Organisation.sector, Organisation.stays_open_days)
    .order_by(Organisation.name, Organisation.id)
)  # fmt: skip


Name = dict[str, str]
_names: Seldom[str, Name | None] = Seldom()
_asking = Lock()
ASKED_S = 1.0
"""How long somebody waits for who asks for names already."""
_organisations: Seldom[None, tuple[str, list[dict[str, Any]]]] = Seldom()


def names_of(people: Iterable[str]) -> dict[str, Name]:
    """Name, organisation and function of the people with these ids; who has no account is left out."""
    wanted, known = set(people), _names.known()
    if not known.keys() >= wanted:
        with _one_after_the_other():
            _ask_names(wanted, known)
    found = ((id_, known[id_]) for id_ in wanted)
    return {id_: name for id_, name in found if name is not None}


def know_name(person: str, name: str, org: str, function: str) -> None:
    """Somebody just read it anyway: who writes is named to all who listen, right after."""
    _names.known()[person] = _name(name, org, function)


def _name(name: str, org: str, function: str) -> Name:
    return {"name": name, "org": org, "function": function}


def _ask_names(wanted: set[str], known: dict[str, Name | None]) -> None:
    if unknown := sorted(wanted - known.keys()):
        with reading() as connection:
            rows = _NAMES.rows(connection, {"people": unknown})
        known.update(dict.fromkeys(unknown))
        known.update({id_: _name(name, org, function) for id_, name, org, function in rows})


@contextmanager
def _one_after_the_other() -> Iterator[None]:
    """All streams of a card want the same name at the same moment: one asks, and the others find it. A database that does not answer holds them up
    together, and not one after the other.
    """
    got = _asking.acquire(timeout=ASKED_S)
    try:
        yield
    finally:
        if got:
            _asking.release()


def people_of(organisation: str) -> list[dict[str, str]]:
    """Everybody who has or had an account with an organisation, by name."""
    with reading() as connection:
        rows = connection.execute(select(Person.id, Person.name).where(Person.org == organisation).order_by(Person.name, Person.id))
        return [{"id": row.id, "name": row.name} for row in rows]


def colleagues_of(organisation: str) -> dict[str, Name]:
    """Who works for an organisation now, by name: to whom something can be handed over."""
    wanted = select(Person.id, Person.name, Person.function).where(Person.org == organisation, Person.active.is_(True))
    with reading() as connection:
        rows = connection.execute(wanted.order_by(Person.name, Person.id)).all()
        return {row.id: {"name": row.name, "org": organisation, "function": row.function} for row in rows}


def organisations() -> list[dict[str, Any]]:
    """All organisations, by name."""
    return _all_organisations()[1]


def organisations_edition() -> str:
    return _all_organisations()[0]


def forget_names() -> None:
    """After a change that whoever made it must see at once; other processes see it within ten seconds."""
    _names.forget()
    _organisations.forget()


def _all_organisations() -> tuple[str, list[dict[str, Any]]]:
    known = _organisations.known()
    if None not in known:
        with reading() as connection:
            rows = connection.execute(_ALL_ORGANISATIONS).all()
        listed = [{"id": id_, "name": name, "domain": domain, "sector": sector, "stays_open_days": days} for id_, name, domain, sector, days in rows]
        known[None] = (edition(listed), listed)
    return known[None]


MOST_FOUND = 20


def colleagues(org: str, said: str) -> list[dict[str, str]]:
    """People of one organisation whose name or function has these letters, whatever their capitals: the first twenty by name."""
    name, function = func.lower(Person.name), func.lower(Person.function)
    has = or_(name.contains(said.lower(), autoescape=True), function.contains(said.lower(), autoescape=True))
    found = select(Person.id, Person.name, Person.function).where(Person.org == org, has).order_by(Person.name, Person.id).limit(MOST_FOUND)
    with reading() as connection:
        return [{"id": id_, "name": name_, "function": function_} for id_, name_, function_ in connection.execute(found)]
