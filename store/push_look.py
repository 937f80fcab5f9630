"""Push look: the entries of which it is still to be decided who must hear them at once (store/push_out.py puts them there and takes them away), and
the cards on which something can be due by the clock.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, Row, select, text

from card.clock import instant_ms
from card.entry import Entry
from card.membership import Membership
from card.notice import DECIDING
from store.access_log import iso
from store.batch import members_of
from store.database import reading
from store.models import OF_CLOSING, OF_MISSING, OF_PLANS, OF_WAITING, Card, EntryRow, PushLook


@dataclass(frozen=True, slots=True)
class Look:
    """An entry, what was on its card before it, who is on the card now, and when the server got it."""

    entry: Entry
    before: list[Entry]
    members: Membership
    received_ms: int


A_ROUND = 100
"""Of how many entries it is decided before anybody looks again whether an alarm came meanwhile."""

_ROW = (EntryRow.id, EntryRow.card, EntryRow.seq, EntryRow.received, EntryRow.document)
_FIRST = (EntryRow.kind != "alarm.raised", EntryRow.received, EntryRow.card, EntryRow.seq)
_WAITING = select(*_ROW).join(PushLook, PushLook.entry == EntryRow.id).order_by(*_FIRST).limit(A_ROUND)
_DECIDING = select(*_ROW).where(EntryRow.kind.in_(DECIDING)).order_by(EntryRow.seq)


def waiting() -> list[Look]:
    """One round of what is still to be decided: alarms first, then what waits longest. Each card in it is read once."""
    with reading() as connection:
        rows = connection.execute(_WAITING).all()
        upto: dict[str, int] = {}
        for row in rows:
            upto[row.card] = max(row.seq, upto.get(row.card, 0))
        had = {card: _entries(connection, card, seq) for card, seq in upto.items()}
        members = {card: members_of(connection, card) for card in upto}
    return [Look(json.loads(row.document), _before(had[row.card], row.seq), members[row.card], instant_ms(row.received)) for row in rows]


def _entries(connection: Connection, card: str, before: int) -> list[Entry]:
    return [_entry(row) for row in connection.execute(_DECIDING.where(EntryRow.card == card, EntryRow.seq < before))]


def _before(entries: list[Entry], seq: int) -> list[Entry]:
    return entries[: bisect_left(entries, seq, key=itemgetter("seq"))]


def cards_that_wait(since_ms: int) -> list[tuple[str, str]]:
    """The cards on which a service was asked or promised to come since then, each with its hash."""
    return _cards_with(OF_WAITING, since_ms)


def cards_that_closed(since_ms: int) -> list[tuple[str, str]]:
    """The cards of which somebody wrote since then that they are closed, each with its hash; whether they are, the log says."""
    return _cards_with(OF_CLOSING, since_ms)


def cards_that_miss() -> list[tuple[str, str]]:
    """The cards on which somebody was reported missing, each with its hash; whether they still are, the log says."""
    return _cards_with(OF_MISSING)


def cards_that_plan() -> list[tuple[str, str]]:
    """The cards on which something was prepared together, each with its hash; whether it began, the log says."""
    return _cards_with(OF_PLANS)


def _cards_with(entries: str, since_ms: int = 0) -> list[tuple[str, str]]:
    """By the index of just these entries."""
    found = select(Card.id, Card.hash).join(EntryRow, EntryRow.card == Card.id).where(text(entries), EntryRow.received >= iso(since_ms)).distinct()
    with reading() as connection:
        return [(card, hash_) for card, hash_ in connection.execute(found)]


def deciding(card: str) -> tuple[list[Entry], Membership]:
    """What says whom a card waits for, and who is on it."""
    with reading() as connection:
        return [_entry(row) for row in connection.execute(_DECIDING.where(EntryRow.card == card))], members_of(connection, card)


def _entry(row: Row[str, str, int, str, str]) -> Entry:
    entry: Entry = json.loads(row.document)
    entry["seq"] = row.seq
    return entry
