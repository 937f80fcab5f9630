"""Retention: how long a card stays, and what is left of it (Wpg art. 8 and 14, AVG art. 5(1)(e)).

A card that is closed stays N days, as the organisation that opened it has set, counted from the moment at which this server got what closed it.
Then its content is erased: entries, members, codes. A row of counts stays, and a line in the access log. What was purged never comes back: not from
a phone (`store/batch.py` refuses it), and not with a backup (`keep_purged`).

What is kept in peacetime never closes: visits, contacts, agreements, consultations, care reports, plans not started (`"retention": "quiet"` in
types.json). They go N days after the last that this server got on them, and of an agreement not before its validity is over.

Never erased: an incident that is open, however old (a lead is told that it stays open), and a card that an organisation holds, with a reason
(`store/holds.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select

from card.card_type import card_types
from card.clock import HERE
from card.closing import closed
from card.entry import Entry, is_date
from card.gathered import Gathered
from card.vocabulary import TYPES
from store import access_log, holds, joint_reviews, summaries
from store.access_log import Asked, Line, Visit, iso
from store.database import add_new, reading, writing
from store.log import may_be
from store.models import (
    Card,
    CardOrganisation,
    CardPerson,
    CardWriter,
    ClosedCard,
    ClosedCardCame,
    ClosedCardMark,
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
RETENTION_DAYS, STAYS_OPEN_DAYS, QUIET_DAYS = 28, 90, 365
MOST_DAYS = 3650
BY_SERVER = Visit("", "Motorkap", "", "server", "")

# Only these can close a card, or open it again (card/closing.py).
_ABOUT_CLOSING = ("card.closed", "risk.assessed", "alarm.", "handover.")


# The types of cards that go when nobody writes on them any more.
QUIET = tuple(type_ for type_, rule in TYPES.items() if rule.get("retention") == "quiet")


class Periods(NamedTuple):
    """Days that a closed card stays; days after which an open card is shown as staying open; days without a word that a card of peacetime stays."""

    closed: int = RETENTION_DAYS
    stays_open: int = STAYS_OPEN_DAYS
    quiet: int = QUIET_DAYS


@dataclass(frozen=True, slots=True)
class Due:
    """A card that is past its retention, or stays open too long, and why it does not go. `since` it is closed, or `quiet`."""

    card: str
    opened_by: str
    since: str
    holds: tuple[str, ...] = ()
    quiet: bool = False


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
        past = [one for one in _past(connection, periods, now_ms) if one]
        goes = [one for one in past if one.card not in reasons]
        held = [replace(one, holds=tuple(reasons[one.card])) for one in past if one.card in reasons]
        return Plan(goes, held, list(_open_long(connection, periods, now_ms)))


def purge(now_ms: int) -> list[Due]:
    """Erase what is due, a card a transaction. What went; safe to do twice and while the server runs."""
    gone = [one for one in plan(now_ms).goes if _purge_if_due(one, now_ms)]
    if gone:
        clean_up()
    return gone


def periods_of(organisation: str) -> Periods:
    with reading() as connection:
        return _periods(connection).get(organisation, Periods())


def set_periods(organisation: str, periods: Periods) -> None:
    with writing() as connection:
        changed = Organisation.__table__.update().where(Organisation.id == organisation)  # type: ignore[attr-defined]
        connection.execute(changed.values(retention_days=periods.closed, stays_open_days=periods.stays_open, quiet_days=periods.quiet))


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


def quiet_since(entries: Sequence[Entry], received: Sequence[str]) -> str | None:
    """Since when nobody wrote on a card of peacetime, or until when it is valid if that is later; None for a card of another type."""
    if not entries:
        return None
    type_ = card_types(Gathered(entries))[0]
    if type_ not in QUIET:
        return None
    valid_by = TYPES[type_].get("valid_by")
    said = [entry["body"].get(valid_by) for entry in entries if isinstance(entry["body"], dict)] if valid_by else []
    return max([*received, *(f"{day}T23:59:59.999Z" for day in said if is_date(day))])


def _periods(connection: Connection) -> dict[str, Periods]:
    rows = connection.execute(select(Organisation.id, Organisation.retention_days, Organisation.stays_open_days, Organisation.quiet_days))
    return {row.id: Periods(row.retention_days, row.stays_open_days, row.quiet_days) for row in rows}


_LOG = select(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.kind).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)


def _read(connection: Connection, card: str) -> tuple[list[Entry], list[str]]:
    rows = connection.execute(_LOG, {"card": card}).all()
    return [{**_entry(row), "seq": row.seq} for row in rows], [row.received for row in rows]


def _entry(row: Any) -> Entry:
    entry: Entry = json.loads(row.document)
    return entry


def _past(connection: Connection, periods: dict[str, Periods], now_ms: int) -> Iterator[Due | None]:
    """The cards that may be past their days, each looked at."""
    closed_before = _before(now_ms, min([RETENTION_DAYS, *(one.closed for one in periods.values())]))
    quiet_before = _before(now_ms, min([QUIET_DAYS, *(one.quiet for one in periods.values())]))
    closings = select(EntryRow.card).where(EntryRow.kind == "card.closed", EntryRow.received <= closed_before)
    of_peacetime = select(EntryRow.card).where(EntryRow.kind.in_(("card.opened", "card.turned")), or_(*map(may_be, QUIET)))
    silent = select(EntryRow.card).where(EntryRow.card.in_(of_peacetime)).group_by(EntryRow.card).having(func.max(EntryRow.received) <= quiet_before)
    wanted = or_(Card.id.in_(closings), Card.id.in_(silent))
    for row in connection.execute(select(Card.id, Card.opener_org).where(wanted).order_by(Card.id)).all():
        yield _if_due(connection, row.id, row.opener_org, periods, now_ms)


def _if_due(connection: Connection, card: str, opener_org: str, periods: dict[str, Periods], now_ms: int) -> Due | None:
    days, log = periods.get(opener_org, Periods()), _read(connection, card)
    closed_at, quiet = closed_since(*log), quiet_since(*log)
    if closed_at is not None and closed_at <= _before(now_ms, days.closed):
        return Due(card, opener_org, closed_at)
    return Due(card, opener_org, quiet, quiet=True) if quiet is not None and quiet <= _before(now_ms, days.quiet) else None


def _before(now_ms: int, days: int) -> str:
    return iso(now_ms - days * DAY_MS)


def _open_long(connection: Connection, periods: dict[str, Periods], now_ms: int) -> Iterator[Due]:
    """The incidents that nobody closed; what is kept in peacetime is never closed."""
    last = func.max(EntryRow.received)
    shortest = min([STAYS_OPEN_DAYS, *(one.stays_open for one in periods.values())])
    quiet = select(Card.id, Card.opener_org, last.label("last")).join(EntryRow, EntryRow.card == Card.id).group_by(Card.id, Card.opener_org)
    for row in connection.execute(quiet.having(last <= iso(now_ms - shortest * DAY_MS)).order_by(Card.id)).all():
        if row.last > _before(now_ms, periods.get(row.opener_org, Periods()).stays_open):
            continue
        log = _read(connection, row.id)
        if closed_since(*log) is None and quiet_since(*log) is None:
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
        summaries.keep(connection, due.card, found.hash, summaries.organisations(connection))
        joint_reviews.erase(connection, due.card)
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
    for model in (CardPerson, CardOrganisation, CardWriter, LeadLook, PushOut, ClosedCardMark, ClosedCardCame, ClosedCard, EntryRow):
        connection.execute(delete(model).where(model.card == card))
    connection.execute(delete(Card).where(Card.id == card))


def keep_purged() -> list[str]:
    """After a backup was put back: what the access log says was purged goes again, what it says is held is held again. Which cards went."""
    told = {line["card"]: json.loads(line["detail"]) for line in access_log.every(Asked(action="purge"))}
    with reading() as connection:
        known = set(connection.scalars(select(PurgedCard.id)))
    for card in sorted(told.keys() - known):
        _keep_purged(card, told[card])
    holds.keep(access_log.every(Asked(action="hold")), access_log.every(Asked(action="hold_lifted")))
    if told.keys() - known:
        clean_up()
    return sorted(told.keys() - known)


def _keep_purged(card: str, row: dict[str, Any]) -> None:
    with writing() as connection:
        hash_ = connection.scalar(select(Card.hash).where(Card.id == card, Card.opened).with_for_update())
        if hash_:
            summaries.keep(connection, card, hash_, summaries.organisations(connection))
        _erase(connection, card)
        add_new(connection, PurgedCard, [row])


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
