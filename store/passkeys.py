"""Passkeys (WebAuthn): whose they are, what is known of them, and that they are used by one authenticator only.

An authenticator may count its signatures. A count that did not go up means that somebody has a copy (WebAuthn, 6.1.1): that passkey counts for
nothing from then on, because nobody can say which of the two is the right one. Counting is one UPDATE that fails for who comes second. Passkeys
that are shared between somebody's devices do not count, and always say zero.

Somebody always keeps a way to come in: the last passkey of who has no password stays, and so does the last one where the organisation asks for more
than a password.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import uuid6
from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from store.administration import By, record
from store.database import reading, writing
from store.models import Organisation, Passkey, PasskeyOwner, Person, Totp
from store.refused import Refused

MOST = 20
"""Enough for each of somebody's devices and keys."""
LONGEST_NAME = 100
_HANDLE_BYTES = 32


@dataclass(frozen=True)
class Made:
    """A passkey as an authenticator just made it. `credential` is its id, in base64url."""

    credential: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    backed_up: bool
    aaguid: str
    name: str


@dataclass(frozen=True)
class Held:
    """A passkey as its person sees it in a list."""

    id: str
    name: str
    created_ms: int
    used_ms: int | None
    backed_up: bool
    suspect_ms: int | None


@dataclass(frozen=True)
class Known:
    """A passkey as somebody signs in with it."""

    id: str
    person: str
    handle: str
    public_key: bytes
    is_active: bool


def new_handle() -> str:
    """How authenticators will know somebody: by nothing that says who it is (WebAuthn, 14.6.1)."""
    return secrets.token_urlsafe(_HANDLE_BYTES)


def handle_of(person: str) -> str:
    """The handle of somebody, which stays the same: an authenticator keeps one passkey for each."""
    try:
        with writing() as connection:
            return _owner(connection, person)
    except IntegrityError:
        # Made by another call at the same moment, where the database lets two write at once.
        with writing() as connection:
            return _owner(connection, person)


def offer(person: str, now_ms: int) -> bool:
    """Whether to offer a passkey to somebody now: once, and only to who has none."""
    handle_of(person)
    with writing() as connection:
        if _has_any(connection, person):
            return False
        first = update(PasskeyOwner).where(PasskeyOwner.person == person, PasskeyOwner.offered_ms.is_(None)).values(offered_ms=now_ms)
        return connection.execute(first).rowcount == 1


def add(person: str, made: Made, now_ms: int) -> str | Refused:
    """The id of a passkey that this person has from now on."""
    try:
        with writing() as connection:
            if (connection.scalar(select(func.count()).select_from(Passkey).where(Passkey.person == person)) or 0) >= MOST:
                return Refused("too_many")
            return add_within(connection, person, made, now_ms)
    except IntegrityError:
        return Refused("known")


def add_within(connection: Connection, person: str, made: Made, now_ms: int, handle: str | None = None) -> str:
    """`handle`: of somebody whose authenticator was asked before they had an account."""
    if handle is not None:
        connection.execute(insert(PasskeyOwner).values(person=person, handle=handle))
    id_ = str(uuid6.uuid7())
    facts = {"credential": made.credential, "public_key": made.public_key, "sign_count": made.sign_count, "transports": ",".join(made.transports)}
    more = {"backed_up": made.backed_up, "aaguid": made.aaguid, "name": made.name[:LONGEST_NAME], "created_ms": now_ms}
    connection.execute(insert(Passkey).values(id=id_, person=person, **facts, **more))
    return id_


def of_person(person: str) -> list[Held]:
    """The passkeys of somebody, the oldest first."""
    wanted = select(Passkey.id, Passkey.name, Passkey.created_ms, Passkey.used_ms, Passkey.backed_up, Passkey.suspect_ms)
    with reading() as connection:
        return [Held(*row) for row in connection.execute(wanted.where(Passkey.person == person).order_by(Passkey.id))]


def has_any(person: str) -> bool:
    with reading() as connection:
        return _has_any(connection, person)


def credentials_of(person: str) -> list[tuple[str, list[str]]]:
    """The ids of somebody's passkeys and how they are reached, so that no authenticator makes a second one."""
    with reading() as connection:
        rows = connection.execute(select(Passkey.credential, Passkey.transports).where(Passkey.person == person).order_by(Passkey.id))
        return [(credential, transports.split(",") if transports else []) for credential, transports in rows]


def known(credential: str) -> Known | None:
    wanted = (
        select(Passkey.id, Passkey.person, PasskeyOwner.handle, Passkey.public_key, Person.active)
        .join(PasskeyOwner, PasskeyOwner.person == Passkey.person)
        .join(Person, Person.id == Passkey.person)
        .where(Passkey.credential == credential)
    )
    with reading() as connection:
        row = connection.execute(wanted).first()
    return None if row is None else Known(*row)


def use(id_: str, sign_count: int, backed_up: bool, now_ms: int) -> bool:
    """A good signature with this passkey, and the count that came with it. False: there is a copy of it somewhere, now or since before."""
    this = Passkey.id == id_
    goes_up = or_(Passkey.sign_count < sign_count, (Passkey.sign_count == 0) & (sign_count == 0))
    used = update(Passkey).where(this, Passkey.suspect_ms.is_(None), goes_up).values(sign_count=sign_count, backed_up=backed_up, used_ms=now_ms)
    with writing() as connection:
        if connection.execute(used).rowcount == 1:
            return True
        newly = update(Passkey).where(this, Passkey.suspect_ms.is_(None)).values(suspect_ms=now_ms)
        if connection.execute(newly).rowcount == 1:
            whose = select(Person.org, Person.id, Person.name).join(Passkey, Passkey.person == Person.id).where(this)
            org, person, name = connection.execute(whose).one()
            record(connection, By(org, now_ms, None, "Motorkap"), "passkey_copied", person, name)
    return False


def rename(person: str, id_: str, name: str) -> bool:
    """False: this person has no such passkey."""
    with writing() as connection:
        return connection.execute(update(Passkey).where(Passkey.id == id_, Passkey.person == person).values(name=name)).rowcount == 1


def remove(person: str, id_: str) -> Refused | None:
    """A passkey that works no longer from now on, unless it is needed to come in. One of which there is a copy can always go."""
    with writing() as connection:
        rows = connection.execute(select(Passkey.id, Passkey.suspect_ms).where(Passkey.person == person).with_for_update()).all()
        if id_ not in {row.id for row in rows}:
            return Refused("missing")
        working = {row.id for row in rows if row.suspect_ms is None}
        if working == {id_} and (needed := _why_needed(connection, person)):
            return Refused(needed)
        connection.execute(delete(Passkey).where(Passkey.id == id_))
    return None


def reset(by: By, person: str) -> Refused | None:
    """An administrator takes all passkeys of somebody away. Of who has no password only by another, who can then make a link for one."""
    with writing() as connection:
        row = connection.execute(select(Person.name, Person.password_hash).where(Person.id == person, Person.org == by.org)).first()
        if row is None:
            return Refused("missing")
        if by.person == person and not row.password_hash:
            return Refused("last_way")
        if connection.execute(delete(Passkey).where(Passkey.person == person)).rowcount:
            record(connection, by, "passkeys_reset", person, row.name)
    return None


def _why_needed(connection: Connection, person: str) -> str | None:
    """Why the last passkey of somebody cannot go, as a code."""
    wanted = select(Person.password_hash, Organisation.second_factor).join(Organisation, Organisation.id == Person.org)
    password_hash, second_factor = connection.execute(wanted.where(Person.id == person)).one()
    if not password_hash:
        return "last_way"
    has_app = connection.scalar(select(Totp.person).where(Totp.person == person, Totp.confirmed_ms.is_not(None))) is not None
    return "last_second_way" if second_factor == "required" and not has_app else None


def _owner(connection: Connection, person: str) -> str:
    handle = connection.scalar(select(PasskeyOwner.handle).where(PasskeyOwner.person == person))
    if handle is None:
        handle = new_handle()
        connection.execute(insert(PasskeyOwner).values(person=person, handle=handle))
    return handle


def _has_any(connection: Connection, person: str) -> bool:
    return connection.scalar(select(Passkey.id).where(Passkey.person == person).limit(1)) is not None
