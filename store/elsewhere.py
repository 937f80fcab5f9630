"""Elsewhere: what other processes added to cards, for the streams of this one (live/fanout.py).

It is read without a viewer, as a commit of this process is told: every stream judges by the rights of who listens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from sqlalchemy import bindparam, select

from card.entry import Entry
from card.membership import KINDS_OF_MEMBERSHIP, NOT_WRITING, Membership, membership
from store.batch import as_told, members_of
from store.database import reading
from store.grown import Grown
from store.models import Card, EntryRow, Person
from store.people import know_name
from store.prepared import Prepared

PAGE = 1_000
PAGE_CARDS = 2_000

_NUMBERS = Prepared(select(Card.id, Card.seq).where(Card.id > bindparam("after")).order_by(Card.id).limit(PAGE_CARDS))
_NUMBER = Prepared(select(Card.seq).where(Card.id == bindparam("card")))
_AFTER = Prepared(
    select(
        *(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.hash, Card.opener, Card.opener_org),
        *(Person.id, Person.name, Person.org, Person.function),
    )
    .join(Card, Card.id == EntryRow.card)
    .outerjoin(Person, Person.id == EntryRow.by)
    .where(EntryRow.card == bindparam("card"), EntryRow.seq > bindparam("after"))
    .order_by(EntryRow.seq)
    .limit(PAGE)
)
_UPTO = select(EntryRow.document, EntryRow.seq).where(EntryRow.card == bindparam("card"), EntryRow.seq <= bindparam("upto")).order_by(EntryRow.seq)


def numbers() -> Iterator[list[tuple[str, int]]]:
    """(card, number of its last entry) of every card there is, in pages: nobody who is served meanwhile waits for all of them."""
    after = ""
    while True:
        with reading() as connection:
            page = cast(list[tuple[str, int]], _NUMBERS.rows(connection, {"after": after}))
        if not page:
            return
        yield page
        after = page[-1][0]


def number_of(card: str) -> int:
    """Of its last entry; 0 where the card is not there."""
    with reading() as connection:
        return next((int(seq) for (seq,) in _NUMBER.rows(connection, {"card": card})), 0)


def members_at(card: str, seq: int) -> Membership:
    """Who was on a card when its last entry was this one."""
    with reading() as connection:
        rows = connection.execute(_UPTO, {"card": card, "upto": seq})
        return membership(cast(Entry, {**json.loads(document), "seq": number}) for document, number in rows)


def grown_since(card: str, before: int, hash_before: str, members_before: Membership, secret: bytes) -> Grown | None:
    """What came after number `before`, at most a page of it; None when nothing did, or the card is not there any more.

    Nearly always that is one question: it brings the names of who wrote, and who is on the card is only asked where one of the entries may have
    changed it. The answer may then be newer than these entries: what changed it comes next.
    """
    with reading() as connection:
        rows = _AFTER.rows(connection, {"card": card, "after": before})
        if not rows:
            return None
        entries = [as_told(json.loads(document), document, seq, received, hash_, secret) for document, seq, received, hash_, *_ in rows]
        members = members_of(connection, card) if any(_moves(entry, members_before) for entry, _ in entries) else members_before
    for *_, person, name, org, function in rows:
        if person is not None:
            know_name(person, name, org, function)
    _, last, _, hash_, opener, opener_org, *_ = rows[-1]
    return Grown(card, before, last, hash_before, hash_, members_before, members, entries, opener=opener, opener_org=opener_org)


def _moves(entry: Entry, members: Membership) -> bool:
    """Whether it may change who is on the card: it is about that, or the first word of somebody."""
    return entry["kind"] in KINDS_OF_MEMBERSHIP or (entry["kind"] not in NOT_WRITING and entry["by"] not in members["writers"])
