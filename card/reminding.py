"""Reminding: at which set times an organisation is asked whether the person it missed is back (report 2.1.2, 4.2.1).

By day every so many minutes, counted from the beginning of the day; at night never, so that the beginning of the day asks for the whole night. No
sooner than one such time after the report. What the clock on the wall shows counts, also on the days on which it is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from card.clock import local_day, shown_from

MINUTE_MS = 60_000


class Rule(TypedDict):
    """How an organisation is reminded: `every` in minutes, by day `begins` to `ends` ("07:00", "23:00"; the end is night)."""

    every: int
    begins: str
    ends: str


DEFAULT: Rule = {"every": 60, "begins": "07:00", "ends": "23:00"}
SHORTEST = 15
LONGEST = 12 * 60


def last_reminder(reported_ms: int, rule: Rule, now_ms: int) -> int | None:
    """The last set time until now, in milliseconds; None when there was none since the report."""
    today = local_day(now_ms)
    passed = [ms for day in (today - 1, today) for ms in _times(day, rule) if _asks_from(reported_ms, rule) <= ms <= now_ms]
    return max(passed, default=None)


def next_reminder(reported_ms: int, rule: Rule, now_ms: int) -> int:
    """The first set time after now."""
    from_ms = max(now_ms + 1, _asks_from(reported_ms, rule))
    first = local_day(from_ms)
    return min(ms for day in (first, first + 1) for ms in _times(day, rule) if ms >= from_ms)


def occasion(entry: str, time_ms: int) -> str:
    """What one reminder is known by, so that it is sent once: a name in the form of an entry's id, made of the report's and the minute."""
    return f"{entry[:23]}-{time_ms // MINUTE_MS:012d}"


def minute_of(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:5])


def _asks_from(reported_ms: int, rule: Rule) -> int:
    """At night nothing is asked, so what was reported shortly before the morning is not asked at once."""
    return reported_ms + rule["every"] * MINUTE_MS


def _times(day: int, rule: Rule) -> Iterator[int]:
    for minute in range(minute_of(rule["begins"]), minute_of(rule["ends"]), rule["every"]):
        yield shown_from(day, minute)
