"""Rhythm (ritme): how often somebody of the police drops in at an organisation, as both agreed; when the next visit is due, and whether it is late
(report 2.2.3). Days are dates of the calendar here, "2026-12-01"; what falls in the weekend or on a public holiday is due the next working day.
"""

from __future__ import annotations

from datetime import date

from card.clock import day_number
from card.opening_hours import holidays_on, iso_date, weekday_of

RHYTHMS = ("weekly", "fortnightly", "monthly")
_DAYS = {"weekly": 7, "fortnightly": 14}


def due_on(rhythm: str, last: str) -> str:
    """The day on which the visit after `last` is due at the latest."""
    return working_day(_month_later(last) if rhythm == "monthly" else iso_date(day_number(last) + _DAYS[rhythm]))


def is_overdue(due: str, today: str) -> bool:
    """On the day itself it is not late yet."""
    return today > due


def working_day(day: str) -> str:
    """This day, or the first after it on which people work."""
    number = day_number(day)
    while weekday_of(number) > 4 or holidays_on(number):
        number += 1
    return iso_date(number)


def working_days_after(day: str, days: int) -> str:
    """So many working days later."""
    for _ in range(days):
        day = working_day(iso_date(day_number(day) + 1))
    return day


def week_of(day: str) -> dict[str, str]:
    """The Monday and the Sunday around a day."""
    monday = day_number(day) - weekday_of(day_number(day))
    return {"from": iso_date(monday), "until": iso_date(monday + 6)}


def days_between(earlier: str, later: str) -> int:
    return day_number(later) - day_number(earlier)


def _month_later(day: str) -> str:
    """The same day of the next month; of a month that is too short its last day."""
    year, month, number = (int(part) for part in day.split("-"))
    first = date(year + month // 12, month % 12 + 1, 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(number, (after - first).days)).isoformat()
