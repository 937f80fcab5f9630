"""Rhythm: when the next visit is due, over the ends of months and years, weekends and Dutch holidays; the same in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.clock import day_number
from card.opening_hours import holidays_on
from card.rhythm import RHYTHMS, days_between, due_on, is_overdue, week_of, working_day
from tests.card.conftest import Twin

days = st.dates(date(2024, 1, 1), date(2045, 12, 31)).map(str)


@pytest.mark.parametrize(
    ("rhythm", "last", "due"),
    [
        ("weekly", "2026-11-24", "2026-12-01"),
        ("fortnightly", "2026-11-24", "2026-12-08"),
        ("monthly", "2026-11-24", "2026-12-24"),
        # Over the end of the year: the first of January is a holiday, and in 2027 a Friday.
        ("weekly", "2026-12-25", "2027-01-04"),
        ("fortnightly", "2026-12-22", "2027-01-05"),
        ("monthly", "2026-12-31", "2027-02-01"),
        # A month that is too short, also in a leap year.
        ("monthly", "2027-01-31", "2027-03-01"),
        ("monthly", "2028-01-31", "2028-02-29"),
        # Christmas is a Friday and a Saturday; Easter Monday; King's Day of 2027 is a Tuesday; Good Friday counts.
        ("weekly", "2026-12-18", "2026-12-28"),
        ("weekly", "2027-03-22", "2027-03-30"),
        ("weekly", "2027-04-20", "2027-04-28"),
        ("weekly", "2027-03-19", "2027-03-30"),
        # A Saturday is due the Monday after.
        ("weekly", "2026-11-21", "2026-11-30"),
    ],
)
def test_a_visit_is_due_after_its_rhythm_on_a_day_that_people_work(rhythm: str, last: str, due: str) -> None:
    assert due_on(rhythm, last) == due


def test_on_the_day_itself_it_is_not_late_and_the_day_after_it_is() -> None:
    assert not is_overdue("2027-01-04", "2026-12-31")
    assert not is_overdue("2027-01-04", "2027-01-04")
    assert is_overdue("2027-01-04", "2027-01-05")


def test_a_week_is_from_monday_until_sunday_also_around_new_year() -> None:
    assert week_of("2027-01-01") == {"from": "2026-12-28", "until": "2027-01-03"}
    assert week_of("2026-12-28") == week_of("2027-01-03")
    assert days_between("2026-12-31", "2027-01-04") == 4


@given(rhythm=st.sampled_from(RHYTHMS), last=days)
def test_due_is_a_working_day_after_the_last_visit_and_never_long_after_the_rhythm(rhythm: str, last: str) -> None:
    due = date.fromisoformat(due_on(rhythm, last))
    assert due.weekday() < 5
    assert not holidays_on(day_number(str(due)))
    gap = (due - date.fromisoformat(last)).days
    least = {"weekly": 7, "fortnightly": 14, "monthly": 28}[rhythm]
    # Easter and Christmas put it off by five days at most.
    assert least <= gap <= least + (3 if rhythm == "monthly" else 0) + 5


@given(rhythm=st.sampled_from(RHYTHMS), last=days)
def test_a_later_visit_is_never_due_earlier(rhythm: str, last: str) -> None:
    after = str(date.fromisoformat(last) + timedelta(days=1))
    assert due_on(rhythm, last) <= due_on(rhythm, after)


@given(day=days, other=days, rhythm=st.sampled_from(RHYTHMS))
def test_both_languages_count_the_same_days(twin: Twin, day: str, other: str, rhythm: str) -> None:
    assert twin("dueOn", rhythm, day) == due_on(rhythm, day)
    assert twin("workingDay", day) == working_day(day)
    assert twin("weekOf", day) == week_of(day)
    assert twin("daysBetween", day, other) == days_between(day, other)
    assert twin("isOverdue", day, other) == is_overdue(day, other)
