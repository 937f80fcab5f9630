"""Summaries: a small row of what is counted of each card (store/summary.py), kept when the card itself is purged.

    a card changes -> `changed` (in memory, nothing else while somebody waits)
      -> every minute `catch_up`: made again from the log, where the log is another than the row was made from
    the server starts, or another process wrote -> `catch_up()` without names looks at all cards
    a card is purged (store/retention.py) -> `keep`, in the same transaction, before its content goes

Twice is the same as once: a row says from which log it was made, and is replaced as a whole. `rebuild` makes all anew that can be, and leaves
the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from typing import cast

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from card.entry import Entry
from store.database import reading, writing
from store.models import Card, EntryRow, FigureCard, FigureCase, FigureOrganisation, Organisation
from store.summary import Summary, quarter_of, summary

AT_ONCE = 10

_LOG = select(EntryRow.document, EntryRow.seq).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)
_CARDS = select(Card.id, Card.hash).where(Card.opened).order_by(Card.id).with_for_update()
_COUNTED = select(FigureCard.hash).where(FigureCard.card == bindparam("card"))
_STALE = (
    select(Card.id)
    .outerjoin(FigureCard, FigureCard.card == Card.id)
    .where(Card.opened, or_(FigureCard.hash.is_(None), FigureCard.hash != Card.hash))
    .order_by(Card.id)
)


def catch_up(cards: Collection[str] | None = None) -> int:
    """Makes the rows of these cards, or of all, that are older than their log. How many; nobody who writes waits longer than for one part of it."""
    return _make(_stale(cards))


def rebuild() -> int:
    """Makes the rows of all cards whose log is there anew. Of a purged card there is nothing to make them from: they stay as they are."""
    with reading() as connection:
        cards = list(connection.scalars(select(Card.id).where(Card.opened).order_by(Card.id)))
    return _make(cards, anew=True)


def _make(cards: list[str], *, anew: bool = False) -> int:
    """How many were asked for. Under its lock, because since it was asked for another process may have made the rows of a card, or purged it."""
    for some in _parts(cards):
        with writing("figures") as connection:
            known = organisations(connection)
            for card, hash_ in connection.execute(_CARDS.where(Card.id.in_(some))).all():
                if anew or connection.scalar(_COUNTED, {"card": card}) != hash_:
                    keep(connection, card, hash_, known)
    return len(cards)


def keep(connection: Connection, card: str, hash_: str, known: Collection[str]) -> None:
    """The rows of one card, in place of those it had. Where nothing can be counted only that it was looked at."""
    told = summary([cast(Entry, {**json.loads(row.document), "seq": row.seq}) for row in connection.execute(_LOG, {"card": card})], known)
    for model in (FigureCard, FigureOrganisation, FigureCase):
        connection.execute(delete(model).where(model.card == card))
    connection.execute(insert(FigureCard).values(card=card, hash=hash_))
    if told is None:
        return
    if on := list(_organisations(card, told)):
        connection.execute(insert(FigureOrganisation), on)
    if told.cases:
        connection.execute(insert(FigureCase), list(_cases(card, told)))


def organisations(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(Organisation.id)))


def _stale(cards: Collection[str] | None) -> list[str]:
    with reading() as connection:
        if cards is None:
            return list(connection.scalars(_STALE))
        return [card for some in _parts(sorted(cards)) for card in connection.scalars(_STALE.where(Card.id.in_(some)))]


def _parts(cards: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(cards), AT_ONCE):
        yield cards[start : start + AT_ONCE]
        time.sleep(0)  # whoever waits to write goes first: else the next part takes the turn again before they wake up


def _organisations(card: str, told: Summary) -> Iterator[dict[str, str | bool]]:
    counted = any(case.what == "card" for case in told.cases)
    facts: dict[str, str | bool] = {"card": card, "quarter": told.quarter, "counted": counted, "situation": told.situation, "area": told.area}
    for organisation in sorted({*told.organisations, *told.kept_with}):
        yield {**facts, "organisation": organisation, "takes_part": organisation in told.organisations}


def _cases(card: str, told: Summary) -> Iterator[dict[str, str | int | None]]:
    seen: set[tuple[str, str]] = set()
    for number, case in enumerate(told.cases):
        quarter = quarter_of(case.day) if case.day else told.quarter
        said = {"what": case.what, "name": case.name, "minutes": case.minutes, "org": case.org, "day": case.day}
        yield {"card": card, "number": number, "quarter": quarter, "first": int((case.what, case.name) not in seen), **said}
        seen.add((case.what, case.name))
