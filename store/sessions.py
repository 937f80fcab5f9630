"""Sessions: who is signed in on which device, since when, and until when. The cookie only names one (docs/decisions/0005).

Whatever ends a session goes through `end`: signing out, signing in again, a limit that was passed, a device that was revoked. Whoever keeps something
about a session (the streams, a memory of who is signed in) is told there, after the commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from store import push_subscriptions, rules
from store.administration import By
from store.database import reading, writing
from store.models import Device, Organisation, Person, Session
from store.tokens import hash_of

HOUR_MS = 3_600_000
SEEN_EVERY_MS = 5 * 60_000
KEPT_MS = 400 * 24 * HOUR_MS
"""How long a session that is over is remembered, so that a revoked device is still known as one: as long as browsers keep a cookie (RFC 6265bis)."""

FOR_GOOD = ("signed_out", "revoked")
"""Why a session ends that takes what is pushed to its device along. Who is to sign in again, as after a new password, is not asked for that again."""

Where = ColumnElement[bool]


@dataclass(frozen=True)
class Ended:
    """A session that ended, or a device without one that was revoked."""

    person: str
    device: str


@dataclass(frozen=True)
class Revoking:
    """Devices that lose their trust, who said so, and why: `lost`, or `elsewhere` when their own person signs them out."""

    devices: Collection[str]
    by: str
    why: str


Tell = Callable[[list[Ended]], None]


def nobody_listens(ended: list[Ended]) -> None:
    """For sessions that nobody keeps anything about."""


def begin(person: str, device: str, now_ms: int) -> str:
    """A new session, by its id of 256 random bits. What was over long ago is swept out on the way."""
    session = secrets.token_urlsafe(32)
    with writing() as connection:
        connection.execute(delete(Session).where(Session.person == person, Session.seen_ms < now_ms - KEPT_MS))
        row = {"id_hash": hash_of(session), "person": person, "device": device, "created_ms": now_ms, "seen_ms": now_ms}
        connection.execute(insert(Session).values(row))
    return session


def seen(session: str, now_ms: int) -> None:
    """Still in use. To be called seldom: only when the last time is `SEEN_EVERY_MS` ago."""
    with writing(alone=None) as connection:
        connection.execute(update(Session).where(named(session), Session.seen_ms < now_ms).values(seen_ms=now_ms))


def named(session: str) -> Where:
    return Session.id_hash == hash_of(session)


def on_browser(browser: str) -> Where:
    """Everybody's sessions on one browser."""
    return Session.device.in_(select(Device.id).where(Device.browser == browser))


def on_devices(devices: Collection[str]) -> Where:
    return Session.device.in_(sorted(devices))


def of_person(person: str) -> Where:
    return Session.person == person


def end(where: Where, why: str, now_ms: int, tell: Tell = nobody_listens, revoking: Revoking | None = None) -> list[Ended]:
    """The one way in which sessions end, and devices with them. Who is told hears it after the commit, once a device."""
    with writing() as connection:
        open_ones = where & Session.ended_ms.is_(None)
        ended = {Ended(*row) for row in connection.execute(select(Session.person, Session.device).where(open_ones))}
        connection.execute(update(Session).where(open_ones).values(ended_ms=now_ms, why=why))
        if revoking:
            ended |= _revoke(connection, revoking, now_ms)
        if why in FOR_GOOD:
            push_subscriptions.drop(connection, {one.device for one in ended})
    told = sorted(ended, key=lambda one: (one.person, one.device))
    tell(told)
    return told


def revoke(revoking: Revoking, now_ms: int, tell: Tell = nobody_listens) -> list[Ended]:
    """These devices sign out at once and for good: what they still hand in is set aside, and then they erase themselves."""
    return end(on_devices(revoking.devices), "revoked", now_ms, tell, revoking)


def _revoke(connection: Connection, revoking: Revoking, now_ms: int) -> set[Ended]:
    trusted = Device.id.in_(sorted(revoking.devices)) & Device.revoked.is_(None)
    found = {Ended(*row) for row in connection.execute(select(Device.person, Device.id).where(trusted))}
    moment = datetime.fromtimestamp(now_ms / 1000, UTC)
    told = Device.person == revoking.by
    connection.execute(update(Device).where(trusted).values(revoked=moment, revoked_by=revoking.by, revoked_why=revoking.why, told=told))
    return found


@dataclass(frozen=True)
class Revoked:
    """A device that was revoked, as its old cookie names it."""

    person: str
    org: str
    device: str


_REVOKED = (
    select(Device.person, Person.org, Device.id)
    .join(Session, Session.device == Device.id)
    .join(Person, Person.id == Device.person)
    .where(Session.id_hash == bindparam("id_hash"), Device.revoked.is_not(None))
)


def revoked(session: str) -> Revoked | None:
    """Whose revoked device this session was on; None for any other session, also one that ended in another way."""
    with reading() as connection:
        row = connection.execute(_REVOKED, {"id_hash": hash_of(session)}).first()
    return None if row is None else Revoked(*row)


@dataclass(frozen=True)
class Limits:
    """In hours: how long a session lasts and how long it lasts unused; after how long without contact a phone locks, and erases what is shared."""

    session_absolute_h: int
    session_idle_h: int
    offline_lock_h: int
    offline_erase_h: int


_LIMITS = (Organisation.session_absolute_h, Organisation.session_idle_h, Organisation.offline_lock_h, Organisation.offline_erase_h)


def limits_of(org: str) -> Limits:
    with reading() as connection:
        return Limits(*connection.execute(select(*_LIMITS).where(Organisation.id == org)).one())


def set_limits(by: By, limits: Limits) -> None:
    rules.change(by, vars(limits))


@dataclass(frozen=True)
class KnownDevice:
    """A device as its person sees it in a list. Moments are in milliseconds."""

    id: str
    kind: str
    created_ms: int
    seen_ms: int
    revoked_ms: int | None
    revoked_by: str | None
    revoked_why: str


_DEVICE = (Device.id, Device.kind, Device.created, Device.revoked, Device.revoked_by, Device.revoked_why)


def devices_of(person: str, now_ms: int) -> list[KnownDevice]:
    """The devices that hold something of this person, or may: last seen first. Not those that signed out by themselves, and erased it then."""
    with reading() as connection:
        sessions = connection.execute(
            select(Session.device, Session.seen_ms, Session.why).where(Session.person == person, Session.seen_ms > now_ms - KEPT_MS)
        ).all()
        rows = connection.execute(select(*_DEVICE).where(Device.person == person)).all()
    latest: dict[str, tuple[int, str]] = {}
    for device, seen_ms, why in sessions:
        if device not in latest or seen_ms >= latest[device][0]:
            latest[device] = (seen_ms, why)
    held = [row for row in rows if row.id in latest and (row.revoked is not None or latest[row.id][1] != "signed_out")]
    return sorted((_known(row, latest[row.id][0]) for row in held), key=lambda one: one.seen_ms, reverse=True)


def _known(row: Any, seen_ms: int) -> KnownDevice:
    revoked_ms = _ms(row.revoked) if row.revoked else None
    return KnownDevice(row.id, row.kind, _ms(row.created), seen_ms, revoked_ms, row.revoked_by, row.revoked_why)


def _ms(moment: datetime) -> int:
    """The database keeps moments in UTC and does not say so."""
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def has_news(person: str) -> bool:
    """Whether somebody else revoked a device of this person since they last saw the list."""
    with reading() as connection:
        return connection.scalar(select(Device.id).where(Device.person == person, ~Device.told).limit(1)) is not None


def told(person: str) -> None:
    with writing() as connection:
        connection.execute(update(Device).where(Device.person == person, ~Device.told).values(told=True))
