"""Retention: how long a card stays, and what is left of it (Wpg art. 8 and 14, AVG art. 5(1)(e)).

A card that is closed stays N days, as the organisation that opened it has set, counted from the moment at which this server got what closed it.
Then its content is erased: entries, members, codes. A row of counts stays, and a line in the access log. What was purged never comes back: not from
a phone (`store/batch.py` refuses it), and not with a backup (`keep_purged`).

Never erased: a card that is open, however old (a lead is told that it stays open), and a card that an organisation holds, with a reason
(`store/holds.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from card.clock import HERE
from card.closing import closed
from card.entry import Entry
from card.gathered import Gathered
from store import access_log, holds
from store.access_log import Asked, Line, Visit, iso
from store.database import reading, writing
from store.models import (
    Card,
    CardOrganisation,
    CardPerson,
    CardWriter,
    EntryRow,
    JoinCode,
    JoinUse,
    LeadLook,
    Organisation,
    PurgedCard,
    PushLook,
    PushOut,
    SetAside,
    db,
)

DAY_MS = 24 * 3600 * 1000
RETENTION_DAYS, STAYS_OPEN_DAYS = 28, 90
MOST_DAYS = 3650
BY_SERVER = Visit("", "Motorkap", "", "server", "")

# Only these can close a card, or open it again (card/closing.py).
_ABOUT_CLOSING = ("card.closed", "risk.assessed", "alarm.", "handover.")


@dataclass(frozen=True, slots=True)
class Due:
    """A card that is past its retention, or stays open too long, and why it does not go."""

    card: str
    opened_by: str
    since: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a purge would do now: erase these, leave those for a hold, and say which cards stay open without anybody writing on them."""

    goes: list[Due]
    held: list[Due]
    stays_open: list[Due]


def plan(now_ms: int) -> Plan:
    with reading() as connection:
        periods = _periods(connection)
        reasons = holds.reasons(connection)
        past = [one for one in _closed_long_ago(connection, periods, now_ms) if one]
        goes = [one for one in past if one.card not in reasons]
        held = [Due(one.card, one.opened_by, one.since, tuple(reasons[one.card])) for one in past if one.card in reasons]
        return Plan(goes, held, list(_open_long(connection, periods, now_ms)))


def purge(now_ms: int) -> list[Due]:
    """Erase what is due, a card a transaction. What went; safe to do twice and while the server runs."""
    gone = [one for one in plan(now_ms).goes if _purge_if_due(one, now_ms)]
    if gone:
        clean_up()
    return gone


def periods_of(organisation: str) -> tuple[int, int]:
    """Days that a closed card stays, and days after which an open card is shown as staying open."""
    with reading() as connection:
        return _periods(connection).get(organisation, (RETENTION_DAYS, STAYS_OPEN_DAYS))


def set_periods(organisation: str, retention_days: int, stays_open_days: int) -> None:
    with writing() as connection:
        changed = Organisation.__table__.update().where(Organisation.id == organisation)  # type: ignore[attr-defined]
        connection.execute(changed.values(retention_days=retention_days, stays_open_days=stays_open_days))


def closed_since(entries: Sequence[Entry], received: Sequence[str]) -> str | None:
    """When this server got the entry by which the card is closed, and stayed closed; None for a card that is open.

    Entries come in the order of their numbers.
    A late duty opens a card again and its answer closes it again: the last of these counts. No phone's clock has a say in it.
    """
    if closed(Gathered(entries)) is None:
        return None
    last = len(entries)
    for place in range(len(entries) - 1, -1, -1):
        if entries[place]["kind"].startswith(_ABOUT_CLOSING):
            last = place
            if closed(Gathered(entries[:place])) is None:
                break
    return received[last]


def _periods(connection: Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute(select(Organisation.id, Organisation.retention_days, Organisation.stays_open_days))
    return {row.id: (row.retention_days, row.stays_open_days) for row in rows}


_LOG = select(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.kind).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)


def _read(connection: Connection, card: str) -> tuple[list[Entry], list[str]]:
    rows = connection.execute(_LOG, {"card": card}).all()
    return [{**_entry(row), "seq": row.seq} for row in rows], [row.received for row in rows]


def _entry(row: Any) -> Entry:
    entry: Entry = json.loads(row.document)
    return entry


def _closed_long_ago(connection: Connection, periods: dict[str, tuple[int, int]], now_ms: int) -> Iterator[Due | None]:
    shortest = min([RETENTION_DAYS, *(days for days, _ in periods.values())])
    closings = select(EntryRow.card).where(EntryRow.kind == "card.closed", EntryRow.received <= iso(now_ms - shortest * DAY_MS)).distinct()
    for row in connection.execute(select(Card.id, Card.opener_org).where(Card.id.in_(closings)).order_by(Card.id)).all():
        yield _if_due(connection, row.id, row.opener_org, periods, now_ms)


def _if_due(connection: Connection, card: str, opener_org: str, periods: dict[str, tuple[int, int]], now_ms: int) -> Due | None:
    days, _ = periods.get(opener_org, (RETENTION_DAYS, STAYS_OPEN_DAYS))
    since = closed_since(*_read(connection, card))
    return Due(card, opener_org, since) if since is not None and since <= iso(now_ms - days * DAY_MS) else None


def _open_long(connection: Connection, periods: dict[str, tuple[int, int]], now_ms: int) -> Iterator[Due]:
    last = func.max(EntryRow.received)
    shortest = min([STAYS_OPEN_DAYS, *(days for _, days in periods.values())])
    quiet = select(Card.id, Card.opener_org, last.label("last")).join(EntryRow, EntryRow.card == Card.id).group_by(Card.id, Card.opener_org)
    for row in connection.execute(quiet.having(last <= iso(now_ms - shortest * DAY_MS)).order_by(Card.id)).all():
        _, days = periods.get(row.opener_org, (RETENTION_DAYS, STAYS_OPEN_DAYS))
        if row.last <= iso(now_ms - days * DAY_MS) and closed_since(*_read(connection, row.id)) is None:
            yield Due(row.id, row.opener_org, row.last)


def _purge_if_due(due: Due, now_ms: int) -> bool:
    """Looked at again under the lock: somebody may have opened it again, or held it, since the plan was made."""
    with writing() as connection:
        found = connection.execute(select(Card.id, Card.hash, Card.opener_org).where(Card.id == due.card).with_for_update()).first()
        if found is None or due.card in holds.reasons(connection):
            return False
        now_due = _if_due(connection, due.card, found.opener_org, _periods(connection), now_ms)
        if now_due is None:
            return False
        row = _counts(connection, due.card, found.hash, now_due.since)
        access_log.append([Line(BY_SERVER, now_ms, "purge", due.card, found.opener_org, "retention", detail=json.dumps(row))])
        access_log.to_disk()
        _erase(connection, due.card)
        connection.execute(insert(PurgedCard).values(row))
    return True


def _counts(connection: Connection, card: str, hash_: str, closed_at: str) -> dict[str, Any]:
    """What stays: no content, no persons."""
    entries, received = _read(connection, card)
    opening = next((place for place, entry in enumerate(entries) if entry["kind"] == "card.opened"), 0)
    organisations = connection.scalar(select(func.count()).select_from(CardOrganisation).where(CardOrganisation.card == card))
    return {
        "id": card,
        "situation": str(entries[opening]["body"].get("situation", "")),
        "opened_day": _day(received[opening]),
        "closed_day": _day(closed_at),
        "organisations": organisations,
        "kinds": json.dumps(dict(sorted(Counter(entry["kind"] for entry in entries).items()))),
        "hash": hash_,
    }


def _day(received: str) -> str:
    return datetime.fromisoformat(received).astimezone(HERE).date().isoformat()


# What a revoked device handed in is content of its card too, whatever was decided of it.
_ASIDE = select(SetAside.device, SetAside.id, SetAside.document).where(SetAside.document.contains(bindparam("card")))


def _erase(connection: Connection, card: str) -> None:
    codes = select(JoinCode.code).where(JoinCode.card == card)
    connection.execute(delete(JoinUse).where(JoinUse.code.in_(codes)))
    connection.execute(delete(JoinCode).where(JoinCode.card == card))
    about = [row for row in connection.execute(_ASIDE, {"card": card}) if json.loads(row.document)["card"] == card]
    for row in about:
        connection.execute(delete(SetAside).where(SetAside.device == row.device, SetAside.id == row.id))
    connection.execute(delete(PushLook).where(PushLook.entry.in_(select(EntryRow.id).where(EntryRow.card == card))))
    for model in (CardPerson, CardOrganisation, CardWriter, LeadLook, PushOut, EntryRow):
        connection.execute(delete(model).where(model.card == card))
    connection.execute(delete(Card).where(Card.id == card))


def keep_purged() -> list[str]:
    """After a backup was put back: what the access log says was purged goes again, what it says is held is held again. Which cards went."""
    told = {line["card"]: json.loads(line["detail"]) for line in access_log.every(Asked(action="purge"))}
    with reading() as connection:
        known = set(connection.scalars(select(PurgedCard.id)))
    for card in told.keys() - known:
        with writing() as connection:
            _erase(connection, card)
            connection.execute(insert(PurgedCard).values(told[card]))
    holds.keep(access_log.every(Asked(action="hold")), access_log.every(Asked(action="hold_lifted")))
    if told.keys() - known:
        clean_up()
    return sorted(told.keys() - known)


def clean_up() -> None:
    """Deleted is overwritten (`secure_delete`), also in the write-ahead log: nothing that was erased is left in the files of SQLite."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()


def purged(cards: Iterable[str]) -> set[str]:
    with reading() as connection:
        return set(connection.scalars(select(PurgedCard.id).where(PurgedCard.id.in_(list(cards)))))
