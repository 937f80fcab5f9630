"""Looking back: the closed cards of a lead's team, newest first, by what a lead looks for. From rows (store/closed_cards.py), without a log.

Whose a card is says `is_of_team` in card/access.py; here it is said once more as a query, so that a list out of a hundred thousand cards is one. Who
was on duty for a card is looked up only where an organisation has a rota.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, union

from card.access import Viewer
from store import looks
from store.closed_cards import refresh
from store.database import reading
from store.models import CardOrganisation, CardPerson, CardWriter, ClosedCard, ClosedCardCame, ClosedCardMark, DutyPeriod, Person

Periods = list[tuple[int, int]]

AT_ONCE = 100
"""How many rows of closed cards are brought up to date before the list is read again."""
ROUNDS = 10
"""How often at most: so long nobody waits for a card on which somebody goes on writing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead looks for; empty is everything. `before`: the id of a card, for the page after it."""

    situation: str = ""
    partner: str = ""
    marks: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A closed card in the list."""

    id: str
    situation: str
    opened_ms: int
    closed_ms: int
    holders: list[str]
    marks: list[str]


def closed_cards(viewer: Viewer, wanted: Wanted, most: int) -> list[Row]:
    """At most so many."""
    with reading() as connection:
        found = list(_first(_of_team(connection, viewer, wanted), most))
        marks: dict[str, list[str]] = {row.card: [] for row in found}
        asked = select(ClosedCardMark.card, ClosedCardMark.mark).where(ClosedCardMark.card.in_(list(marks)))
        for card, mark in connection.execute(asked):
            marks[card].append(mark)
    return [Row(row.card, row.situation, row.opened_ms, row.closed_ms, json.loads(row.holders), marks[row.card]) for row in found]


def closed_cards_by_now(viewer: Viewer, wanted: Wanted, most: int) -> list[Row]:
    """The same, once what belongs among them is up to date: a list that left out what nobody looked at yet would say that there are no more."""
    found = closed_cards(viewer, wanted, most)
    for _ in range(ROUNDS):
        if not bring_up_to_date(viewer, wanted.before, found[-1].id if len(found) == most else ""):
            break
        found = closed_cards(viewer, wanted, most)
    return found


def bring_up_to_date(viewer: Viewer, before: str, after: str = "") -> int:
    """Some rows of cards between these two that the viewer's organisation has to do with, the newest first; how many."""
    return refresh(AT_ONCE, stale=partial(_outdated, viewer.org, after, before or looks.AFTER_ALL))


_OURS = union(
    select(CardOrganisation.card).where(CardOrganisation.organisation == bindparam("org")),
    select(CardPerson.card).join(Person, Person.id == CardPerson.person).where(Person.org == bindparam("org")),
)
_OUTDATED = (
    select(ClosedCard.card)
    .where(ClosedCard.stale, ClosedCard.card > bindparam("after"), ClosedCard.card < bindparam("before"), ClosedCard.card.in_(_OURS))
    .order_by(ClosedCard.card.desc())
    .limit(bindparam("most"))
)


def _outdated(org: str, after: str, before: str, most: int) -> list[str]:
    """Cards of this organisation of which the row is out of date, the newest first."""
    with reading() as connection:
        return list(connection.scalars(_OUTDATED, {"org": org, "after": after, "before": before, "most": most}))


def _first(rows: Iterator[Any], most: int) -> Iterator[Any]:
    for _, row in zip(range(most), rows, strict=False):
        yield row


_SHOWN = (ClosedCard.card, ClosedCard.situation, ClosedCard.opened_ms, ClosedCard.closed_ms, ClosedCard.until_ms, ClosedCard.holders)
_ON_IT = and_(CardOrganisation.card == ClosedCard.card, CardOrganisation.organisation == bindparam("org"))


def _of_team(connection: Connection, viewer: Viewer, wanted: Wanted) -> Iterator[Any]:
    """The cards of the team among those that are looked for. Only where somebody of it had duty is a card also theirs for that."""
    periods = _duties(connection, viewer) if viewer.team else []
    sure = or_(_in_person(viewer), and_(exists().where(_ON_IT), _wrote(viewer))) if viewer.team else or_(_in_person(viewer), exists().where(_ON_IT))
    asked = select(*_SHOWN).where(*_looked_for(wanted)).order_by(ClosedCard.card.desc())
    given = {"org": viewer.org, "team": viewer.team}
    if not periods:
        yield from connection.execute(asked.where(sure), given)
        return
    came = (ClosedCardCame.card == ClosedCard.card) & (ClosedCardCame.organisation == bindparam("org"))
    served = asked.add_columns(sure.label("sure"), ClosedCardCame.came_ms).outerjoin(ClosedCardCame, came).where(or_(sure, exists().where(_ON_IT)))
    for row in connection.execute(served, given):
        if row.sure or (row.came_ms is not None and overlaps(periods, row.came_ms, row.until_ms)):
            yield row


def _looked_for(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield ClosedCard.closed_ms.is_not(None)
    if wanted.before:
        yield ClosedCard.card < wanted.before
    if wanted.situation:
        yield ClosedCard.situation == wanted.situation
    if wanted.partner:
        yield exists().where(CardOrganisation.card == ClosedCard.card, CardOrganisation.organisation == wanted.partner)
    for mark in wanted.marks:
        yield exists().where(ClosedCardMark.card == ClosedCard.card, ClosedCardMark.mark == mark)


def _among(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    mine = (Person.org == bindparam("org"),)
    return (*mine, Person.team == bindparam("team")) if viewer.team else mine


def _in_person(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(CardPerson.card == ClosedCard.card, Person.id == CardPerson.person, *_among(viewer))


def _wrote(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(CardWriter.card == ClosedCard.card, Person.id == CardWriter.person, *_among(viewer))


def _duties(connection: Connection, viewer: Viewer) -> Periods:
    """When anybody of the team was on duty, as periods that do not touch, oldest first."""
    asked = select(DutyPeriod.from_ms, DutyPeriod.until_ms).join(Person, Person.id == DutyPeriod.person).where(*_among(viewer))
    return joined([(begins, ends) for begins, ends in connection.execute(asked, {"org": viewer.org, "team": viewer.team})])


def joined(periods: Sequence[tuple[int, int]]) -> Periods:
    whole: Periods = []
    for begins, ends in sorted(periods):
        if whole and begins <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], ends))
        else:
            whole.append((begins, ends))
    return whole


def overlaps(periods: Periods, first_ms: int, last_ms: int) -> bool:
    """Whether one of them begins by the last moment and ends after the first. They do not touch, so the last that begins in time ends last."""
    place = bisect_right(periods, last_ms, key=lambda period: period[0])
    return place > 0 and periods[place - 1][1] > first_ms
