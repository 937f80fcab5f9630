"""Push out: the notices on their way to phones (an outbox), so that sending one survives a restart and none is decided twice.

Of which entry it is to be decided who must hear it is written in the transaction that puts it in the log, and taken away in the one that puts its
notices here. So a server that is killed at any moment has the entry with what is to be decided of it, or neither.

One row a card, entry, kind and device. Before it is sent it is said that it is being sent, for a while in which nobody else does; what happened is
written after it. A server that is killed in between sends it once more: better twice than never, and on the phone the second replaces the first.
Several processes may send at once: what one is taking, another does not see (PostgreSQL, "SKIP LOCKED"), and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, exists, func, insert, select, update

from card.entry import Entry
from card.notice import NOTICED
from store.database import add_new, reading, writing
from store.models import PushLook, PushOut, PushSubscription
from store.prepared import Prepared
from store.push_subscriptions import Subscription, drop

LEASE_MS = 30_000
"""Three times what a call to a push service may take (blueprints/outward.py `PATIENCE_S`), so that nobody sends what is still being sent; and no
longer, because what a killed server was sending waits for it: an alarm too."""
KEPT_MS = 3 * 24 * 3600 * 1000
"""How long a row is kept that is done: longer than anything is looked for that may be on its way already (live/push.py)."""


@dataclass(frozen=True, slots=True)
class Out:
    """A notice for one device, until when it is worth sending. With an `outcome` it is done already: `quiet`, where its person wants none."""

    card: str
    entry: str
    kind: str
    device: str
    until_ms: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A notice that is due, and where it goes. `tries` counts those before this one."""

    id: int
    out: Out
    tries: int
    to: Subscription


_TO_BE_DECIDED = Prepared(
    insert(PushLook).from_select(["entry"], select(bindparam("entry", type_=String)).where(exists(select(PushSubscription.device))))
)


def note(connection: Connection, entries: Sequence[Entry]) -> None:
    """Inside the transaction that writes these: of which of them it is to be decided who must hear them. Where nobody can be pushed to, of none."""
    if noticed := [{"entry": entry["id"]} for entry in entries if entry["kind"] in NOTICED]:
        _TO_BE_DECIDED.do(connection, noticed)


_KEY = (PushOut.card, PushOut.entry, PushOut.kind, PushOut.device)


def put(outs: Sequence[Out], now_ms: int, decided: Collection[str] = ()) -> None:
    """Into the outbox, each once; the entries of which this was decided are looked at no more. All of it or nothing."""
    with writing() as connection:
        named = PushOut.card.in_(sorted({out.card for out in outs})), PushOut.entry.in_(sorted({out.entry for out in outs}))
        had = {tuple(row) for row in connection.execute(select(*_KEY).where(*named))}
        reached = set(connection.scalars(select(PushSubscription.device).where(PushSubscription.device.in_(sorted({out.device for out in outs})))))
        new = {(out.card, out.entry, out.kind, out.device): out for out in outs if out.device in reached}
        add_new(connection, PushOut, [_row(out, now_ms) for key, out in new.items() if key not in had])
        if decided:
            connection.execute(delete(PushLook).where(PushLook.entry.in_(sorted(decided))))


def _row(out: Out, now_ms: int) -> dict[str, Any]:
    done_ms = now_ms if out.outcome else None
    return {**{name: getattr(out, name) for name in Out.__slots__}, "not_before_ms": now_ms, "tries": 0, "done_ms": done_ms}


_ADDRESS = (PushSubscription.person, PushSubscription.endpoint, PushSubscription.p256dh, PushSubscription.auth)
_DUE = (
    select(PushOut.id, *_KEY, PushOut.until_ms, PushOut.tries, *_ADDRESS)
    .join(PushSubscription, PushSubscription.device == PushOut.device)
    .where(PushOut.done_ms.is_(None))
    .order_by(PushOut.kind != "alarm", PushOut.id)
    .with_for_update(of=PushOut, skip_locked=True)
)
_PAGE = 200
_LATE = select(PushOut.id).where(PushOut.done_ms.is_(None), PushOut.until_ms <= bindparam("now_ms")).with_for_update(skip_locked=True)


def take(now_ms: int, most: int, fits: Callable[[str], bool] = lambda _: True) -> list[Sending]:
    """What is due and may go to its address now (`fits`), alarms first: from now on it is being sent. What is worth nothing any more is done, and
    says so.
    """
    with writing(alone=None) as connection:
        if late := connection.scalars(_LATE, {"now_ms": now_ms}).all():
            connection.execute(update(PushOut).where(PushOut.id.in_(late)).values(done_ms=now_ms, outcome="late"))
        rows = list(islice((row for row in _due(connection, now_ms, most) if fits(row.endpoint)), most))
        if taken := [row.id for row in rows]:
            leased = {"tries": PushOut.tries + 1, "not_before_ms": now_ms + LEASE_MS}
            connection.execute(update(PushOut).where(PushOut.id.in_(taken)).values(leased))
    return [
        Sending(id_, Out(card, entry, kind, device, until_ms), tries, Subscription(device, person, endpoint, p256dh, auth))
        for id_, card, entry, kind, device, until_ms, tries, person, endpoint, p256dh, auth in rows
    ]


def _due(connection: Connection, now_ms: int, most: int) -> Iterator[Any]:
    """Page by page. The first is enough, unless much of it is for addresses that have to wait."""
    query, at, page = _DUE.where(PushOut.not_before_ms <= now_ms), 0, most
    while rows := connection.execute(query.offset(at).limit(page)).all():
        yield from rows
        if len(rows) < page:
            return
        at, page = at + len(rows), _PAGE


def done(id_: int, outcome: str, now_ms: int) -> None:
    with writing(alone=None) as connection:
        connection.execute(update(PushOut).where(PushOut.id == id_).values(done_ms=now_ms, outcome=outcome))


def again(id_: int, not_before_ms: int) -> None:
    with writing(alone=None) as connection:
        connection.execute(update(PushOut).where(PushOut.id == id_).values(not_before_ms=not_before_ms))


def gone(subscription: Subscription) -> None:
    """Its push service does not know this address any more. What the device asked for meanwhile, under another address, stays."""
    with writing() as connection:
        same = select(PushSubscription.device).where(
            PushSubscription.device == subscription.device, PushSubscription.endpoint == subscription.endpoint
        )
        if connection.scalar(same) is not None:
            drop(connection, {subscription.device})


def next_ms() -> int | None:
    """When the first of what waits is due."""
    with reading() as connection:
        return connection.scalar(select(func.min(PushOut.not_before_ms)).where(PushOut.done_ms.is_(None)))


def tidy(now_ms: int) -> None:
    """What is done for long leaves."""
    old = PushOut.done_ms < now_ms - KEPT_MS
    with reading() as connection:
        found = connection.scalar(select(PushOut.id).where(old).limit(1))
    if found is not None:
        with writing() as connection:
            connection.execute(delete(PushOut).where(old))
