"""Looks: what team leads look back on, and the reason for which they looked at a card that is open.

A lead who is not on a card gets nothing of it by sync or stream: what they look back on is read here, when they ask, with `may_review`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, bindparam, func, insert, select

from card.access import Viewer, is_for, is_of_team, may_review, on_card
from card.clock import instant_ms
from card.closing import closed
from card.entry import Entry
from card.fold import fold
from card.gathered import Gathered
from store import team
from store.batch import members_of
from store.database import reading, writing
from store.models import Card, ClosedCard, EntryRow, LeadLook

PAGE = 25
AFTER_ALL = "g"
"""Behind every id: letters come after the digits, and g after f, in the order of every language. Of a tilde PostgreSQL may say otherwise."""

_ALL = select(EntryRow.document, EntryRow.seq, EntryRow.received).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)
_LAST_LOOK = select(func.max(LeadLook.when_ms)).where(LeadLook.card == bindparam("card"), LeadLook.person == bindparam("person"))


@dataclass(frozen=True, slots=True)
class Looked:
    """What a lead may see of a card, in the order of the numbers, and when the server got each of it."""

    entries: list[Entry]
    received_ms: dict[str, int]


def open_cards_of_team(viewer: Viewer, before: str | None, now_ms: int) -> list[str]:
    """A page of the team's cards that nobody closed, newest first, and one more where there are more."""
    found: list[str] = []
    last = before or AFTER_ALL
    with reading() as connection:
        while len(found) <= PAGE and (some := team.cards_of_organisation(connection, viewer, last)):
            shut = set(connection.scalars(select(ClosedCard.card).where(ClosedCard.card.in_(some), ClosedCard.closed_ms.is_not(None))))
            found += [card for card in some if card not in shut and _is_of_team(connection, viewer, card, now_ms)]
            last = some[-1]
    return found[: PAGE + 1]


def review(viewer: Viewer, card: str, now_ms: int) -> tuple[Looked | None, bool]:
    """What this lead may look back on, or None; and whether the card is closed, as far as they may see."""
    with reading() as connection:
        members = members_of(connection, card)
        entries, received_ms = _log(connection, card)
        last = connection.scalar(_LAST_LOOK, {"card": card, "person": viewer.person})
        whose = team.on_it(connection, viewer, members, card, now_ms)
    seen = [entry for entry in entries if is_for(viewer, entry)]
    is_closed = closed(Gathered(seen)) is not None
    if not entries or not may_review(viewer, members, *whose, is_closed, last, now_ms):
        return None, is_closed
    return Looked(seen, received_ms), is_closed


def shared(card: str) -> Looked:
    """What is for everybody on a card: what its organisations look back on together (store/joint_reviews.py)."""
    with reading() as connection:
        entries, received_ms = _log(connection, card)
    return Looked([entry for entry in entries if entry["audience"] == "all"], received_ms)


def outline(viewer: Viewer, card: str) -> dict[str, Any]:
    """What a list may say of a card before anybody looked at it: what kind of situation, since when, who holds it, and whether it is closed. Of what
    is for this viewer: a list tells nobody what the other side wrote for itself.
    """
    with reading() as connection:
        entries, _ = _log(connection, card)
        mine = on_card(viewer, members_of(connection, card))
    folded = fold(entry for entry in entries if is_for(viewer, entry))
    return {"id": card, "mine": mine, **{name: folded[name] for name in ("situation", "opened", "closed", "holders")}}


def is_for_lead(viewer: Viewer, card: str, now_ms: int) -> bool:
    """Whether this card is there for a lead: it was opened, and it is of their team."""
    with reading() as connection:
        found = connection.execute(select(Card.opened).where(Card.id == card)).first()
        return found is not None and bool(found.opened) and _is_of_team(connection, viewer, card, now_ms)


def _is_of_team(connection: Connection, viewer: Viewer, card: str, now_ms: int) -> bool:
    members = members_of(connection, card)
    return is_of_team(viewer, members, *team.on_it(connection, viewer, members, card, now_ms))


def note(viewer: Viewer, card: str, reason: str, now_ms: int) -> None:
    with writing() as connection:
        connection.execute(insert(LeadLook).values(card=card, person=viewer.person, when_ms=now_ms, reason=reason))


def _log(connection: Connection, card: str) -> tuple[Sequence[Entry], dict[str, int]]:
    rows = connection.execute(_ALL, {"card": card}).all()
    entries = [cast(Entry, {**json.loads(row.document), "seq": row.seq}) for row in rows]
    return entries, {entry["id"]: instant_ms(row.received) for entry, row in zip(entries, rows, strict=True)}
