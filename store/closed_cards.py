"""Closed cards: rows by which leads find what they look back on, so that a list of many cards needs no log.

That such a row is out of date is written in the transaction that makes it so, with the entry: nothing is ever missed, and nobody who writes waits
for a fold. Made up to date it is by whoever looks back on it first (store/looking_back.py), every night, and by `flask review rebuild`. Only what
is for everybody on the card counts, in all of a row: it is the same for every lead, and a list may not tell the one side what the other wrote for
itself. A card that one side closed for itself alone stays in the list of open cards.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, String, bindparam, delete, exists, insert, literal, select, update

from card.clock import instant_ms
from card.closing import closed
from card.entry import Entry
from card.gathered import Gathered
from card.hlc import millis
from card.membership import membership
from card.opening import opening
from card.responsibility import holders
from review.marks import marks
from review.period import period
from store.database import again, hold_still, reading, writing
from store.models import LONGEST_SITUATION, Card, ClosedCard, ClosedCardCame, ClosedCardMark, EntryRow
from store.prepared import Prepared
from store.team import comings

AT_ONCE = 25
MOST_ENTRIES = 20_000
"""So many entries a look folds at most, and always a whole card: what stays out of date is for the next."""

_OUTDATED = Prepared(update(ClosedCard).where(ClosedCard.card == bindparam("closed")).values(stale=True))
_EMPTY_ROW = select(bindparam("closed", type_=String), literal(True), literal(""), literal(0), literal("[]"))
_CLOSED = Prepared(
    insert(ClosedCard).from_select(
        ["card", "stale", "situation", "opened_ms", "holders"],
        _EMPTY_ROW.where(~exists(select(ClosedCard.card).where(ClosedCard.card == bindparam("closed")))),
    )
)
_STALE = select(ClosedCard.card).where(ClosedCard.stale).order_by(ClosedCard.card).limit(bindparam("most"))
_LOG = select(EntryRow.document, EntryRow.seq, EntryRow.received).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)


def note(connection: Connection, grown: Sequence[str], closing: Collection[str]) -> None:
    """Inside the transaction that writes: the rows of these cards are out of date, and those that somebody closed have one from now on."""
    if grown:
        _OUTDATED.do(connection, [{"closed": card} for card in grown])
    if closing:
        _CLOSED.do(connection, [{"closed": card} for card in sorted(closing)])


@dataclass(frozen=True, slots=True)
class _Made:
    """What the log of a card says now, and where the log stood."""

    card: str
    hash: str
    entries: int
    row: dict[str, Any]
    marks: list[str]
    came_ms: dict[str, int]


def refresh(most: int, entries: int = MOST_ENTRIES, stale: Callable[[int], list[str]] | None = None) -> int:
    """Brings at most so many rows up to date, and no more once so many entries were read for it; how many were looked at. `stale` says which go
    first, so many of them."""
    looked = read = 0
    while looked < most and read < entries and (cards := (stale or _stale)(min(AT_ONCE, most - looked))):
        made: list[_Made] = []
        while cards and read < entries:
            made.append(_made(cards.pop(0)))
            read += made[-1].entries
            time.sleep(0)  # everybody else goes on between two cards
        looked += len(made)
        with writing("closed cards") as connection:
            kept = [_keep(connection, one) for one in made]
        if not any(kept):
            break
    return looked


def rebuild() -> int:
    """All rows anew from the logs; how many cards there are of which somebody wrote that they are closed."""
    closing = again(_all_stale)
    bring_up_to_date()
    return closing


def bring_up_to_date() -> int:
    """All rows that are out of date; how many were looked at."""
    looked = 0
    while some := refresh(AT_ONCE):
        looked += some
    return looked


def _all_stale() -> int:
    with writing("closed cards") as connection:
        closing = set(connection.scalars(select(EntryRow.card).where(EntryRow.kind == "card.closed").distinct()))
        connection.execute(update(ClosedCard).values(stale=True))
        note(connection, [], closing)
    return len(closing)


def _stale(most: int) -> list[str]:
    with reading() as connection:
        return list(connection.scalars(_STALE, {"most": most}))


def _made(card: str) -> _Made:
    """Read without keeping anybody from writing; whether it is still true is looked at before it is kept."""
    with reading() as connection:
        hold_still(connection)
        hash_ = str(connection.scalar(select(Card.hash).where(Card.id == card)))
        rows = connection.execute(_LOG, {"card": card}).all()
    entries = [cast(Entry, {**json.loads(document), "seq": seq}) for document, seq, _ in rows]
    received_ms = {entry["id"]: instant_ms(row.received) for entry, row in zip(entries, rows, strict=True)}
    log = Gathered(entry for entry in entries if entry["audience"] == "all")
    end = closed(log)
    row = {
        "situation": str(opening(log)["situation"] or "").replace("-", "_")[:LONGEST_SITUATION],
        "opened_ms": period(log, 0)[0],
        "closed_ms": millis(end["at"]) if end else None,
        "until_ms": received_ms[end["entry"]] if end else None,
        "holders": json.dumps(holders(log)),
    }
    on_it = membership(entries)["organisations"] if end else []
    came = comings(entries) if end else {}
    came_ms = {org: received_ms[came[org]] for org in on_it}
    return _Made(card, hash_, len(entries), row, marks(log, period(log, 0)[1]) if end else [], came_ms)


def _keep(connection: Connection, made: _Made) -> bool:
    """Whether it was kept: not when somebody wrote on the card meanwhile, and then it stays out of date."""
    stands = connection.scalar(select(Card.hash).where(Card.id == made.card).with_for_update())
    if stands != made.hash:
        return False
    connection.execute(update(ClosedCard).where(ClosedCard.card == made.card).values(stale=False, **made.row))
    connection.execute(delete(ClosedCardMark).where(ClosedCardMark.card == made.card))
    connection.execute(delete(ClosedCardCame).where(ClosedCardCame.card == made.card))
    if made.marks:
        connection.execute(insert(ClosedCardMark), [{"card": made.card, "mark": mark} for mark in made.marks])
    if made.came_ms:
        rows = [{"card": made.card, "organisation": org, "came_ms": came_ms} for org, came_ms in made.came_ms.items()]
        connection.execute(insert(ClosedCardCame), rows)
    return True
