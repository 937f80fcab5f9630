"""Figures: what is counted of an organisation's cards in a quarter, per table, with everything left out that would show fewer than five cases.

Reads the small rows of store/summaries.py alone, never a log, and gives out nothing that is not to be shown (store/small_numbers.py). A part is one
type of situation, one partner or one area; not two at once, because then next to everything would be too few (docs/decisions/0017).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, String, and_, case, exists, func, literal, literal_column, or_, select
from sqlalchemy.orm import aliased

from store.database import hold_still, reading
from store.models import FigureCase, FigureOrganisation
from store.small_numbers import LEAST, hidden_in_line, hidden_in_table, share

TABLES = ("card", "wait", "declined", "reason", "chain", "handover", "transport", "missing", "visit")
PARTS = ("situation", "partner", "area")
GOOD = {
    "handover": ("released",),
    "transport": ("ggz_transport", "ambulance", "care", "own"),
    "missing": ("back",),
    "visit": ("in_rhythm",),
}
"""Handed over as both agreed; not driven by police; reported back; on time."""
IN_IT, NOT_IN_IT = "in", "not"


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    value: str

    @property
    def column(self) -> str:
        """What the database calls it: of a partner only whether it is on the card."""
        return IN_IT if self.kind == "partner" else self.value


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is shown. Minutes only of waiting."""

    name: str
    number: int
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`total` is None when there are too few in all. `hidden`: some rows are not shown. `share`: between which percentages the part lies of which
    leads want more (`GOOD`); None where it is not to be said, or there is no such part."""

    rows: list[Row] = field(default_factory=list)
    total: int | None = None
    hidden: bool = False
    share: tuple[int, int] | None = None


@dataclass(slots=True)
class _Counted:
    """Numbers of cases and of cards by (row, column), and how often what is looked at took how many minutes."""

    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    minutes: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, cell: tuple[str, str], took: int | None, number: int, cards: int) -> None:
        self.numbers[cell] += number
        self.cards[cell] += cards
        if took is not None:
            self.minutes[cell[0]][took] += number


def figures(organisation: str, quarters: Iterable[str], part: Part | None, today: str) -> dict[str, dict[str, Table]]:
    """Per quarter, per table."""
    asked = list(quarters)
    with reading() as connection:
        hold_still(connection)
        counted = _counted(connection, organisation, asked, part, today)
    column = part.column if part else ""
    return {quarter: {what: _table(what, counted[quarter, what], column) for what in TABLES} for quarter in asked}


def parts(organisation: str, quarter: str) -> dict[str, list[str]]:
    """Per kind of part which can be chosen: those of which there is enough to show, and of what is not in them too. Most cards first."""
    with reading() as connection:
        found = {kind: _cards_by(connection, organisation, quarter, kind) for kind in PARTS}
    total = sum(found["situation"].values())
    hidden = {kind: hidden_in_line(found[kind]) for kind in ("situation", "area")}
    hidden["partner"] = {name for name, number in found["partner"].items() if hidden_in_line({IN_IT: number, NOT_IN_IT: total - number})}
    return {kind: sorted(set(found[kind]) - hidden[kind] - {""}, key=lambda name: (-found[kind][name], name)) for kind in PARTS}


def percentile(minutes: Mapping[int, int], hundredth: int) -> int:
    """The nearest-rank percentile of values that each come so many times."""
    rank = -(-sum(minutes.values()) * hundredth // 100)
    for value in sorted(minutes):
        rank -= minutes[value]
        if rank <= 0:
            return value
    raise ValueError("of nothing there is no percentile")


def _table(what: str, counted: _Counted, column: str) -> Table:
    gone_rows, gone_columns, gone = hidden_in_table(counted.cards)
    names = [name for name, one in counted.numbers if one == column]
    number = {name: counted.numbers[name, column] for name in names}
    if not names or column in gone_columns or sum(number.values()) < LEAST:
        return Table(hidden=bool(names))
    shown = sorted((name for name in names if (name, column) not in gone), key=lambda name: (-number[name], name))
    rows = [Row(name, number[name], *_waiting(counted.minutes.get(name))) for name in shown]
    return Table(rows, sum(number.values()), len(rows) < len(names), _share(GOOD[what], rows, number) if what in GOOD else None)


def _share(good: tuple[str, ...], rows: list[Row], truly: dict[str, int]) -> tuple[int, int] | None:
    """Nothing is said where it would be between nought and all."""
    said = share({row.name: row.number for row in rows}, truly, good)
    return None if said == (0, 100) else said


def _waiting(minutes: Mapping[int, int] | None) -> tuple[int, int] | tuple[None, None]:
    return (percentile(minutes, 50), percentile(minutes, 90)) if minutes else (None, None)


def _counted(connection: Connection, organisation: str, quarters: list[str], part: Part | None, today: str) -> defaultdict[tuple[str, str], _Counted]:
    """By quarter and table. Minutes only of what is looked at: of the rest it is enough how many there are. That what counts for one organisation
    has one is said apart, because the index of those knows no other words for it.
    """
    found: defaultdict[tuple[str, str], _Counted] = defaultdict(_Counted)
    column = _column(part)
    minutes = case((column == (part.column if part else ""), FigureCase.minutes))
    counts = (func.count(), func.sum(FigureCase.first))
    shared = select(FigureOrganisation.quarter, FigureCase.what, FigureCase.name, column, minutes, *counts).join_from(*_CASES)
    shared = shared.where(*_of(organisation, quarters), FigureCase.org == "").group_by(*_first(5))
    called = case((FigureCase.name == "due", "late"), else_=FigureCase.name)
    own = select(FigureCase.quarter, FigureCase.what, called, column, minutes, *counts).join_from(*_CASES)
    own = own.where(
        FigureCase.org != "", FigureCase.org == organisation, FigureOrganisation.organisation == organisation, FigureCase.quarter.in_(quarters)
    )
    own = own.where(or_(FigureCase.name != "due", FigureCase.day < today)).group_by(*_first(5))
    for quarter, what, name, col, took, number, cards in [*connection.execute(shared), *connection.execute(own)]:
        found[quarter, what].add((name, col), took, number, cards)
    return found


_CASES = (FigureOrganisation, FigureCase, FigureCase.card == FigureOrganisation.card)


def _first(columns: int) -> tuple[Any, ...]:
    """Grouped by the first columns of a query, whatever they are called."""
    return tuple(literal_column(str(place)) for place in range(1, columns + 1))


def _of(organisation: str, quarters: list[str]) -> tuple[Any, ...]:
    return FigureOrganisation.organisation == organisation, FigureOrganisation.takes_part, FigureOrganisation.quarter.in_(quarters)


def _column(part: Part | None) -> Any:
    if part is None:
        return literal("", String)
    if part.kind == "partner":
        other = aliased(FigureOrganisation)
        on_it = exists().where(and_(other.card == FigureOrganisation.card, other.organisation == part.value))
        return case((on_it, IN_IT), else_=NOT_IN_IT)
    return FigureOrganisation.situation if part.kind == "situation" else FigureOrganisation.area


def _cards_by(connection: Connection, organisation: str, quarter: str, kind: str) -> dict[str, int]:
    """How many cards of the quarter are in each part of a kind."""
    other = aliased(FigureOrganisation)
    by: Any = other.organisation if kind == "partner" else FigureOrganisation.situation if kind == "situation" else FigureOrganisation.area
    cards = select(by, func.count()).select_from(FigureOrganisation).where(*_of(organisation, [quarter]), FigureOrganisation.counted)
    if kind == "partner":
        cards = cards.join(other, other.card == FigureOrganisation.card).where(other.organisation != organisation)
    return {row[0]: row[1] for row in connection.execute(cards.group_by(by))}
