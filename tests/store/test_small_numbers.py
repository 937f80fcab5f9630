"""Small numbers: nobody reads fewer than five cases from a table, also not by taking what is shown from a total."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from store.small_numbers import LEAST, hidden_in_line, hidden_in_table, share, totals

names = st.text("abcde", min_size=1, max_size=2)
lines = st.dictionaries(names, st.integers(0, 12), max_size=8)
tables = st.dictionaries(st.tuples(st.sampled_from("pqrs"), st.sampled_from("vwxy")), st.integers(0, 12), max_size=16)


def tells_nothing(cases: Mapping[object, int], hidden: set[object]) -> bool:
    """Whether the total of a line less what is shown of it says nothing of fewer than five, and of no single one."""
    gone = [number for name, number in cases.items() if name in hidden and number > 0]
    return not gone or (len(gone) >= 2 and sum(gone) >= LEAST) or len(gone) == sum(number > 0 for number in cases.values())


@given(cases=lines)
def test_in_a_line_nothing_under_five_is_shown_or_can_be_worked_out(cases: dict[str, int]) -> None:
    hidden = hidden_in_line(cases)
    assert all(number >= LEAST or number == 0 for name, number in cases.items() if name not in hidden)
    assert tells_nothing(cases, set(hidden))


@given(cells=tables)
def test_in_a_table_neither_by_row_nor_by_column(cells: dict[tuple[str, str], int]) -> None:
    rows, columns, hidden = hidden_in_table(cells)
    assert all(number >= LEAST or number == 0 for cell, number in cells.items() if cell not in hidden)
    for place, gone in ((0, rows), (1, columns)):
        for line, total in totals(cells, place).items():
            assert line in gone or total >= LEAST or total == 0
            if line not in gone:
                assert tells_nothing({cell: number for cell, number in cells.items() if cell[place] == line}, set(hidden))


def test_one_that_is_small_takes_the_next_smallest_with_it() -> None:
    assert hidden_in_line({"a": 3, "b": 9, "c": 7}) == {"a", "c"}
    assert hidden_in_line({"a": 0, "b": 9, "c": 7}) == set()


@given(truly=lines, good=st.sets(names))
def test_a_share_says_between_which_numbers_it_lies_and_the_truth_lies_between(truly: dict[str, int], good: set[str]) -> None:
    total = sum(truly.values())
    if total:
        shown = {name: number for name, number in truly.items() if name not in hidden_in_line(truly)}
        least, most = share(shown, truly, good)
        assert least - 1 <= 100 * sum(number for name, number in truly.items() if name in good) / total <= most + 1
