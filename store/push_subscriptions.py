"""Push subscriptions: where browsers want to be pushed to, and who listens there now.

A subscription belongs to the device and the person that made it. It goes when that device signs out or is revoked, when somebody else signs in on
that browser, and when its push service says that it is gone. A session that ran out takes nothing away: until its person signs in again nothing is
sent there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, cast, delete, exists, insert, or_, select

from card.access import Viewer, is_on_duty
from store.database import reading, writing
from store.models import Device, Duty, Organisation, Person, PushOut, PushQuiet, PushSubscription, PushWish, Session

_HOUR_MS = cast(3_600_000, BigInteger)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gave (W3C Push API, PushSubscription.toJSON): an address, and its keys as base64url."""

    device: str
    person: str
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who can be pushed to on this device now, and what they do not want to hear. `since_ms`: 0 where the clock was set back after
    they asked for it, because nobody knows when that was then.
    """

    viewer: Viewer
    since_ms: int
    unwanted: frozenset[str]
    quiet: tuple[str, str]


def keep(subscription: Subscription, key: str, now_ms: int) -> None:
    """In the place of what this device had, and of who had this address before. `key`: our public key that it was made for. A browser that says the
    same again changes nothing: what is on its way there stays so.
    """
    row = {name: getattr(subscription, name) for name in ("device", "person", "endpoint", "p256dh", "auth")} | {"key": key}
    with writing() as connection:
        if connection.scalar(select(PushSubscription.device).filter_by(**row)) is not None:
            return
        had = select(PushSubscription.device).where(PushSubscription.endpoint == subscription.endpoint)
        drop(connection, {subscription.device, *connection.scalars(had)})
        connection.execute(insert(PushSubscription).values(**row, created_ms=now_ms))


def drop(connection: Connection, devices: Collection[str]) -> None:
    """Inside a transaction: nothing is pushed to these any more, also not what is on its way."""
    which = sorted(devices)
    connection.execute(delete(PushOut).where(PushOut.device.in_(which)))
    connection.execute(delete(PushSubscription).where(PushSubscription.device.in_(which)))


def remove(device: str) -> None:
    with writing() as connection:
        drop(connection, {device})


def only(browser: str, device: str) -> None:
    """Somebody signs in on a browser: whoever used it before is not pushed to there any more."""
    others = select(Device.id).where(Device.browser == browser, Device.id != device)
    with writing() as connection:
        if found := list(connection.scalars(select(PushSubscription.device).where(PushSubscription.device.in_(others)))):
            drop(connection, found)


def is_kept(device: str, key: str) -> bool:
    with reading() as connection:
        asked = select(PushSubscription.device).where(PushSubscription.device == device, PushSubscription.key == key)
        return connection.scalar(asked) is not None


_LISTENERS = (
    select(
        *(Person.id, Person.org, Organisation.domain, Person.role, PushSubscription.device, Person.team, Organisation.duty, Duty.until_ms),
        *(PushSubscription.created_ms, PushQuiet.begins, PushQuiet.ends),
    )
    .join(Person, Person.id == PushSubscription.person)
    .join(Organisation, Organisation.id == Person.org)
    .join(Device, Device.id == PushSubscription.device)
    .outerjoin(Duty, Duty.person == Person.id)
    .outerjoin(PushQuiet, PushQuiet.person == Person.id)
    .where(Person.active, Device.revoked.is_(None))
    .order_by(PushSubscription.device)
)


def listeners(organisations: Collection[str], persons: Collection[str], key: str, now_ms: int) -> list[Listener]:
    """Of these organisations, and these persons: who is signed in on a device that can be pushed to, with their rights as they are now."""
    lives = exists().where(
        Session.device == PushSubscription.device,
        Session.ended_ms.is_(None),
        Session.created_ms > now_ms - Organisation.session_absolute_h * _HOUR_MS,
        Session.seen_ms > now_ms - Organisation.session_idle_h * _HOUR_MS,
    )
    called = or_(Person.org.in_(sorted(organisations)), Person.id.in_(sorted(persons)))
    with reading() as connection:
        rows = connection.execute(_LISTENERS.where(lives, called, PushSubscription.key == key)).all()
        who = {row[0] for row in rows}
        refused = connection.execute(select(PushWish.person, PushWish.kind).where(PushWish.person.in_(sorted(who)), ~PushWish.wanted)).all()
    unwanted: dict[str, set[str]] = {}
    for person, kind in refused:
        unwanted.setdefault(person, set()).add(kind)
    return [
        Listener(
            Viewer(person, org, domain, role, device, is_on_duty(rule, until_ms, now_ms), team),
            created_ms if created_ms <= now_ms else 0,
            frozenset(unwanted.get(person, ())),
            (begins or "", ends or ""),
        )
        for person, org, domain, role, device, team, rule, until_ms, created_ms, begins, ends in rows
    ]
