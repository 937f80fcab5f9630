"""Elsewhere: what other processes added to cards, for the streams of this one (live/fanout.py).

It is read without a viewer, as a commit of this process is told: every stream judges by the rights of who listens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from sqlalchemy import bindparam, select

from card.entry import Entry
from card.membership import Membership, membership
from store.batch import members_of, wire_text
from store.database import hold_still, reading
from store.grown import Grown
from store.models import Card, EntryRow
from store.prepared import Prepared

PAGE = 1_000

PAGE_CARDS = 2_000

_NUMBERS = Prepared(select(Card.id, Card.seq).where(Card.id > bindparam("after")).order_by(Card.id).limit(PAGE_CARDS))
_CARD = Prepared(select(Card.seq, Card.opener, Card.opener_org).where(Card.id == bindparam("card")))
_AFTER = Prepared(
    select(EntryRow.document, EntryRow.seq, EntryRow.received, EntryRow.hash)
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
        return next((int(seq) for seq, *_ in _CARD.rows(connection, {"card": card})), 0)


def members_at(card: str, seq: int) -> Membership:
    """Who was on a card when its last entry was this one."""
    with reading() as connection:
        rows = connection.execute(_UPTO, {"card": card, "upto": seq})
        return membership(cast(Entry, {**json.loads(document), "seq": number}) for document, number in rows)


def grown_since(card: str, before: int, hash_before: str, members_before: Membership, secret: bytes) -> Grown | None:
    """What came after number `before`, at most a page of it; None when nothing did, or the card is not there any more."""
    with reading() as connection:
        hold_still(connection)
        found = _CARD.rows(connection, {"card": card})
        rows = _AFTER.rows(connection, {"card": card, "after": before}) if found else []
        if not rows:
            return None
        members = members_of(connection, card)
    entries = [
        (cast(Entry, {**json.loads(document), "seq": seq}), wire_text(document, seq, received, hash_, secret))
        for document, seq, received, hash_ in rows
    ]
    (_, opener, opener_org), (_, last, _, hash_) = found[0], rows[-1]
    return Grown(card, before, last, hash_before, hash_, members_before, members, entries, opener=opener, opener_org=opener_org)
