"""Retention: how long a card stays, and what is left of it (Wpg art. 8 and 14, AVG art. 5(1)(e)).

A card that is closed stays N days, as the organisation that opened it has set, counted from the moment at which this server got what closed it.
Then its content is erased: entries, members, codes. A row of counts stays, and a line in the access log. What was purged never comes back: not from
a phone (`store/batch.py` refuses it), and not with a backup (`keep_purged`).

Where the access log is a database of its own, its line is there before the erasing counts, and somebody may be stopped in between. Then the line says
what never happened, and the next start says so in another line: it erases what came back with a backup, and nothing that was here all the time.

What is kept in peacetime never closes: visits, contacts, agreements, consultations, care reports, plans not started (`"retention": "quiet"` in
types.json). They go N days after the last that this server got on them, and of an agreement not before its validity is over.

Never erased: an incident that is open, however old (a lead is told that it stays open), and a card that an organisation holds, with a reason
(`store/holds.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select

from card.card_type import card_types
from card.clock import HERE
from card.entry import Entry, is_date
from card.gathered import Gathered
from card.vocabulary import TYPES
from store import access_log, epoch, holds, joint_reviews, summaries
from store.access_log import Line, Visit, iso
from store.closed_since import closed_since
from store.database import add_new, hold_still, reading, writing
from store.log import may_be
from store.models import (
    LONGEST_SITUATION,
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
    Setting,
    db,
)
from store.unwell import is_away

DAY_MS = 24 * 3600 * 1000
RETENTION_DAYS, STAYS_OPEN_DAYS, QUIET_DAYS = 28, 90, 365
MOST_DAYS = 3650
# Up to which line of the access log all purges and holds are carried out. In the cards' database, so that it goes back with a backup.
CARRIED_OUT = "access_carried_out"
BY_SERVER = Visit("", "Motorkap", "", "server", "")

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
    """What a purge would do now: erase these, leave those for a hold, and say which cards stay open without anybody writing on them. `unread`: cards
    that could not be looked at, and why.
    """

    goes: list[Due]
    held: list[Due]
    stays_open: list[Due]
    unread: dict[str, Exception] = field(default_factory=dict)


def plan(now_ms: int) -> Plan:
    with reading() as connection:
        periods = _periods(connection)
        reasons = holds.reasons(connection)
        unread: dict[str, Exception] = {}
        past = [one for one in _past(connection, periods, now_ms, unread) if one]
        goes = [one for one in past if one.card not in reasons]
        held = [replace(one, holds=tuple(reasons[one.card])) for one in past if one.card in reasons]
        return Plan(goes, held, list(_open_long(connection, periods, now_ms, unread)), unread)


class NotErased(Exception):
    """Of some cards could not be seen whether they go, or they could not be erased, and why. All the others went (`gone`)."""

    def __init__(self, gone: list[Due], failed: dict[str, Exception]) -> None:
        super().__init__(f"{len(failed)} cards could not be erased: {', '.join(sorted({type(why).__name__ for why in failed.values()}))}")
        self.gone, self.failed = gone, failed


def purge(now_ms: int) -> list[Due]:
    """Erase what is due, a card a transaction. What went; safe to do twice, while the server runs. `NotErased` comes after all that can be done."""
    found, gone = plan(now_ms), list[Due]()
    failed = dict(found.unread)
    for one in found.goes:
        with _by_itself(one.card, failed):
            gone += [one] if _purge_if_due(one, now_ms) else []
    if gone:
        clean_up()
    if failed:
        raise NotErased(gone, failed)
    return gone


@contextmanager
def _by_itself(card: str, failed: dict[str, Exception]) -> Iterator[None]:
    """What goes wrong with one card keeps no other back. A database that does its work for nobody stops all of it."""
    try:
        yield
    except Exception as problem:
        if is_away(problem):
            raise
        failed[card] = problem


def periods_of(organisation: str) -> Periods:
    with reading() as connection:
        return _periods(connection).get(organisation, Periods())


def set_periods(organisation: str, periods: Periods) -> None:
    with writing() as connection:
        changed = Organisation.__table__.update().where(Organisation.id == organisation)  # type: ignore[attr-defined]
        connection.execute(changed.values(retention_days=periods.closed, stays_open_days=periods.stays_open, quiet_days=periods.quiet))


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


def _past(connection: Connection, periods: dict[str, Periods], now_ms: int, unread: dict[str, Exception]) -> Iterator[Due | None]:
    """The cards that may be past their days, each looked at."""
    closed_before = _before(now_ms, min([RETENTION_DAYS, *(one.closed for one in periods.values())]))
    quiet_before = _before(now_ms, min([QUIET_DAYS, *(one.quiet for one in periods.values())]))
    closings = select(EntryRow.card).where(EntryRow.kind == "card.closed", EntryRow.received <= closed_before)
    of_peacetime = select(EntryRow.card).where(EntryRow.kind.in_(("card.opened", "card.turned")), or_(*map(may_be, QUIET)))
    silent = select(EntryRow.card).where(EntryRow.card.in_(of_peacetime)).group_by(EntryRow.card).having(func.max(EntryRow.received) <= quiet_before)
    wanted = or_(Card.id.in_(closings), Card.id.in_(silent))
    for row in connection.execute(select(Card.id, Card.opener_org).where(wanted).order_by(Card.id)).all():
        with _by_itself(row.id, unread):
            yield _if_due(connection, row.id, row.opener_org, periods, now_ms)


def _if_due(connection: Connection, card: str, opener_org: str, periods: dict[str, Periods], now_ms: int) -> Due | None:
    days, log = periods.get(opener_org, Periods()), _read(connection, card)
    closed_at, quiet = closed_since(*log), quiet_since(*log)
    if closed_at is not None and closed_at <= _before(now_ms, days.closed):
        return Due(card, opener_org, closed_at)
    return Due(card, opener_org, quiet, quiet=True) if quiet is not None and quiet <= _before(now_ms, days.quiet) else None


def _before(now_ms: int, days: int) -> str:
    return iso(now_ms - days * DAY_MS)


def _open_long(connection: Connection, periods: dict[str, Periods], now_ms: int, unread: dict[str, Exception]) -> Iterator[Due]:
    """The incidents that nobody closed; what is kept in peacetime is never closed."""
    last = func.max(EntryRow.received)
    shortest = min([STAYS_OPEN_DAYS, *(one.stays_open for one in periods.values())])
    quiet = select(Card.id, Card.opener_org, last.label("last")).join(EntryRow, EntryRow.card == Card.id).group_by(Card.id, Card.opener_org)
    for row in connection.execute(quiet.having(last <= iso(now_ms - shortest * DAY_MS)).order_by(Card.id)).all():
        if row.last > _before(now_ms, periods.get(row.opener_org, Periods()).stays_open):
            continue
        with _by_itself(row.id, unread):
            log = _read(connection, row.id)
            if closed_since(*log) is None and quiet_since(*log) is None:
                yield Due(row.id, row.opener_org, row.last)


def _purge_if_due(due: Due, now_ms: int) -> bool:
    """Looked at again, because somebody may have opened it again, or held it, since the plan was made. Without the lock, for a long card takes a
    while and everybody who writes would wait; under it is seen that nothing changed meanwhile. What did change may go another night.
    """
    with reading() as connection:
        hold_still(connection)
        found = connection.execute(select(Card.hash, Card.opener_org).where(Card.id == due.card)).first()
        periods = _periods(connection)
        now_due = found and _if_due(connection, due.card, found.opener_org, periods, now_ms)
        if found is None or now_due is None:
            return False
        row = _counts(connection, due.card, found.hash, now_due.since)
    with writing() as connection:
        stands = connection.scalar(select(Card.hash).where(Card.id == due.card).with_for_update())
        if stands != found.hash or _periods(connection) != periods or due.card in holds.reasons(connection):
            return False
        summaries.keep(connection, due.card, found.hash, summaries.organisations(connection))
        _erase(connection, due.card)
        connection.execute(insert(PurgedCard).values(row))
        told = json.dumps({**row, "history": epoch.kept_in(connection)})
        access_log.append([Line(BY_SERVER, now_ms, "purge", due.card, found.opener_org, "retention", detail=told)], along=connection)
        access_log.to_disk()
    return True


def _counts(connection: Connection, card: str, hash_: str, closed_at: str) -> dict[str, Any]:
    """What stays: no content, no persons."""
    entries, received = _read(connection, card)
    opening = next((place for place, entry in enumerate(entries) if entry["kind"] == "card.opened"), 0)
    organisations = connection.scalar(select(func.count()).select_from(CardOrganisation).where(CardOrganisation.card == card))
    return {
        "id": card,
        "situation": str(entries[opening]["body"].get("situation", ""))[:LONGEST_SITUATION],
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
    joint_reviews.erase(connection, card)
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


def keep_purged(now_ms: int) -> list[str]:
    """When a server starts and after a backup was put back: what the access log says is held is held again, what it says was purged goes again, and a
    purge that was never carried out gets a line that says so. Which cards went. Only lines that nobody looked at yet, a page at a time.
    """
    head, gone = access_log.head(), list[str]()
    if head is None:
        return gone
    _, number, hash_ = head
    for page in access_log.to_keep(_carried_out(), number):
        holds.keep(page)
        told = [line for line in page if line["action"] == "purge"]
        known = purged(line["card"] for line in told)
        gone += [line["card"] for line in told if line["card"] not in known and _keep_purged(line, now_ms)]
    _have_carried_out(number, hash_)
    if gone:
        clean_up()
    return gone


def _carried_out() -> int:
    """None of it where the line is another one than then: that access log was moved away, or lost its end in a power cut."""
    with reading() as connection:
        said = connection.scalar(select(Setting.value).where(Setting.name == CARRIED_OUT)) or "0 "
    number, hash_ = said.split(" ")
    return int(number) if access_log.hash_at(int(number)) == hash_ else 0


def _have_carried_out(number: int, hash_: str) -> None:
    said = f"{number} {hash_}"
    with writing() as connection:
        if connection.scalar(select(Setting.value).where(Setting.name == CARRIED_OUT)) != said:
            connection.execute(delete(Setting).where(Setting.name == CARRIED_OUT))
            connection.execute(insert(Setting).values(name=CARRIED_OUT, value=said))


def _keep_purged(line: dict[str, Any], now_ms: int) -> bool:
    """Whether the card of this line went. Looked at under the lock: another process may be doing the same, or be in the middle of that purge."""
    card, row = line["card"], json.loads(line["detail"])
    history, row["situation"] = row.pop("history", ""), row["situation"][:LONGEST_SITUATION]
    with writing() as connection:
        found = connection.execute(select(Card.hash, Card.opened).where(Card.id == card).with_for_update()).first()
        if connection.scalar(select(PurgedCard.id).where(PurgedCard.id == card)):
            return False
        since = access_log.since(card, line["number"])
        if since & {"purge", "not_purged"}:
            return False  # What was said last counts.
        here_all_the_time = found is not None and found.hash == row["hash"] and history == epoch.kept_in(connection)
        if here_all_the_time or since & {"hold", "written"} or _stays(connection, line, row["hash"]):
            said = Line(BY_SERVER, now_ms, "not_purged", card, line["opened_by"], "retention", detail=json.dumps({"line": line["number"]}))
            access_log.append([said], along=connection)
            return False
        if found and found.opened:
            summaries.keep(connection, card, found.hash, summaries.organisations(connection))
        _erase(connection, card)
        add_new(connection, PurgedCard, [row])
    return True


def _stays(connection: Connection, line: dict[str, Any], hash_: str) -> bool:
    """Whether somebody holds this card, or its log goes on behind the end that it had when it was to be purged."""
    if line["card"] in holds.reasons(connection):
        return True
    ours = EntryRow.card == line["card"]
    last = connection.execute(select(EntryRow.seq, EntryRow.received).where(ours).order_by(EntryRow.seq.desc()).limit(1)).first()
    end = connection.scalar(select(EntryRow.seq).where(ours, EntryRow.hash == hash_))
    return last is not None and (last.seq > end if end is not None else last.received > line["at"])


def not_carried_out(connection: Connection, until: int) -> list[str]:
    """The cards of which the access log says, up to this line, that they were purged, and nothing else since, and that are there."""
    found: list[str] = []
    for page in access_log.to_keep(0, until):
        told = {line["card"]: line["number"] for line in page if line["action"] == "purge"}
        here = connection.scalars(select(Card.id).where(Card.id.in_(told)).order_by(Card.id))
        found += [card for card in here if not access_log.since(card, told[card]) & {"purge", "not_purged"}]
    return found


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
