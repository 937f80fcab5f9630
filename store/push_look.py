"""Push look: the entries of which it is still to be decided who must hear them at once (store/push_out.py puts them there and takes them away), and
the cards on which something can be due by the clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Row, select, text

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


_ROW = (EntryRow.id, EntryRow.card, EntryRow.seq, EntryRow.received, EntryRow.document)
_WAITING = select(*_ROW).join(PushLook, PushLook.entry == EntryRow.id).order_by(EntryRow.received, EntryRow.card, EntryRow.seq)
_DECIDING = select(*_ROW).where(EntryRow.kind.in_(DECIDING)).order_by(EntryRow.seq)


def waiting(most: int = 100) -> Iterator[Look]:
    """What is still to be decided, oldest first."""
    with reading() as connection:
        for row in connection.execute(_WAITING.limit(most)).all():
            before = connection.execute(_DECIDING.where(EntryRow.card == row.card, EntryRow.seq < row.seq))
            yield Look(json.loads(row.document), [_entry(one) for one in before], members_of(connection, row.card), instant_ms(row.received))


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
