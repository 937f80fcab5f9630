"""Small numbers: which cells of a table are not shown, so that nobody reads fewer than five cases from it, also not by subtracting
(docs/decisions/0017).

A table has rows (services, say) and columns (types of situation, say, of which one is looked at). Its totals, by row, by column and of all, can be
looked at too. So what is hidden in one line of it must be two cells or more, with five cases or more together: then a total less what is shown says
nothing of any one. Where it is not, the smallest that was shown is hidden with it (complementary suppression; Hundepool and others, 2012, ch. 4).

Nothing is not hidden: that something did not happen is nobody's case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

LEAST = 5

Name = TypeVar("Name", bound=Hashable)
Cell = tuple[str, str]


def hidden_in_line(cases: Mapping[Name, int], hidden: Iterable[Name] = ()) -> set[Name]:
    """What is not shown of a line of which the total is. `hidden`: what is not shown already, for another reason."""
    there = {name: number for name, number in cases.items() if number > 0}
    gone = {name for name, number in there.items() if number < LEAST} | (set(hidden) & there.keys())
    smallest_first = sorted(there.keys() - gone, key=lambda name: (there[name], str(name)), reverse=True)
    while gone and smallest_first and (len(gone) < 2 or sum(there[name] for name in gone) < LEAST):
        gone.add(smallest_first.pop())
    return gone


def hidden_in_table(cells: Mapping[Cell, int]) -> tuple[set[str], set[str], set[Cell]]:
    """The rows and the columns of which even the total is not shown, and the cells that are not."""
    rows, columns = totals(cells, 0), totals(cells, 1)
    gone_rows, gone_columns = hidden_in_line(rows), hidden_in_line(columns)
    gone = {(row, column) for row, column in cells if row in gone_rows or column in gone_columns}
    before = -1
    while before != len(gone):
        before = len(gone)
        for place, lines in ((0, rows.keys() - gone_rows), (1, columns.keys() - gone_columns)):
            for line in sorted(lines):
                gone |= hidden_in_line({cell: number for cell, number in cells.items() if cell[place] == line}, gone)
    return gone_rows, gone_columns, gone


def totals(cells: Mapping[Cell, int], place: int) -> dict[str, int]:
    """By row (0) or by column (1)."""
    summed: defaultdict[str, int] = defaultdict(int)
    for cell, number in cells.items():
        summed[cell[place]] += number
    return dict(summed)


def share(shown: Mapping[str, int], truly: Mapping[str, int], good: Collection[str]) -> tuple[int, int]:
    """Between which whole percentages of the total a part lies, as far as what is shown tells, and that what is under five is under five."""
    total = sum(truly.values())
    part = sum(number for name, number in truly.items() if name in good)
    rest = total - part
    least = sum(number for name, number in shown.items() if name in good)
    most = total - sum(number for name, number in shown.items() if name not in good)
    if 0 < rest < LEAST:
        least = max(least, total - LEAST + 1)
    if 0 < part < LEAST:
        most = min(most, LEAST - 1)
    return (round(100 * part / total),) * 2 if least == most else (100 * least // total, -(-100 * most // total))
