"""Opening hours (openingstijden): whether a service can be called now, until when, and otherwise from when (report 4.2.1: not outside office hours).

    {"always": false, "closed_on": ["kings_day"], "exceptions": {"2026-12-24": [["09:00", "13:00"]]},
     "week": [[["09:00", "17:00"]], … seven of them, Monday first]}

What counts for a date, the first that applies: its exception (no spans is closed), a holiday of `closed_on`, `always`, the day of the week. A span
belongs to the day on which it begins: one that ends at or before its beginning ends the next day, and a holiday tomorrow does not cut it short.

Hours are what the clock on the wall shows. In the night that an hour is skipped, what begins or ends in it does so at the change. In the night that
an hour comes twice, what begins in it begins at the first and what ends in it ends at the second: while the clock shows an hour of opening the
service counts as open. Ringing in vain costs a minute; "closed" costs the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from card.clock import local_day, shown_from, shown_until

HOLIDAYS = (
    "new_year", "good_friday", "easter", "easter_monday", "kings_day", "liberation_day", "ascension", "whit_sunday", "whit_monday", "christmas",
    "second_christmas",
)  # fmt: skip
AHEAD_DAYS = 42
"""How far is looked ahead: six weeks, the longest holiday of a school. What lies further counts as never."""

_EPOCH = date(1970, 1, 1)
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def openness(hours: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """`{"open", "until", "opens"}`: until when it is open, or when it opens, as instants; null when that is not in the weeks ahead."""
    if hours["always"] and not hours["exceptions"] and not hours["closed_on"]:
        return {"open": True, "until": None, "opens": None}
    today = local_day(now_ms)
    until: int | None = None
    for begins, ends in _moments(hours, range(today - 1, today + AHEAD_DAYS)):
        if until is None and now_ms < begins:
            return {"open": False, "until": None, "opens": _instant(begins)}
        if until is None and now_ms < ends:
            until = ends
        elif until is not None and begins > until:
            break
        elif until is not None:
            until = max(until, ends)
    if until is None:
        return {"open": False, "until": None, "opens": None}
    return {"open": True, "until": _instant(until) if until < shown_until(today + AHEAD_DAYS, 0) else None, "opens": None}


def spans_of(hours: dict[str, Any], day_number: int) -> list[list[str]]:
    """The spans that begin on a date."""
    exception = hours["exceptions"].get(iso_date(day_number))
    if exception is not None:
        return list(exception)
    if any(holiday in hours["closed_on"] for holiday in holidays_on(day_number)):
        return []
    return [["00:00", "24:00"]] if hours["always"] else list(hours["week"][weekday_of(day_number)])


def minute_of(said: str) -> int | None:
    """ "09:30" as minutes after midnight, 24:00 too; None when it is no clock time."""
    found = _SPAN.fullmatch(said)
    return 1440 if said == "24:00" else (int(found[1]) * 60 + int(found[2]) if found else None)


def iso_date(day_number: int) -> str:
    """The date of a number of days since 1 January 1970."""
    return (_EPOCH + timedelta(days=day_number)).isoformat()


def weekday_of(day_number: int) -> int:
    """0 is Monday."""
    return (day_number + 3) % 7


def holidays_on(day_number: int) -> list[str]:
    """The Dutch public holidays on a date, by rule: mostly none, and in some years two."""
    return [name for name, on in _holidays(int(iso_date(day_number)[:4])).items() if on == day_number]


def _moments(hours: dict[str, Any], days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """When it is open, in the order of beginning. A span that falls wholly in the hour that does not exist is not there."""
    for day_number in days:
        for begin, end in sorted((minute_of(begin) or 0, minute_of(end) or 0) for begin, end in spans_of(hours, day_number)):
            begins, ends = shown_from(day_number, begin), shown_until(day_number, end if end > begin else end + 1440)
            if begins < ends:
                yield begins, ends


def _holidays(year: int) -> dict[str, int]:
    """The public holidays of the Algemene termijnenwet, article 3, with Easter and Whit Sunday; as days since 1 January 1970."""
    easter, kings_day = _easter(year), _day(year, 4, 27)
    return {
        "new_year": _day(year, 1, 1),
        "good_friday": easter - 2,
        "easter": easter,
        "easter_monday": easter + 1,
        "kings_day": kings_day - (weekday_of(kings_day) == 6),
        "liberation_day": _day(year, 5, 5),
        "ascension": easter + 39,
        "whit_sunday": easter + 49,
        "whit_monday": easter + 50,
        "christmas": _day(year, 12, 25),
        "second_christmas": _day(year, 12, 26),
    }


def _easter(year: int) -> int:
    """The Sunday after the first full moon of spring, by the calculation of Meeus, Jones and Butcher (Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    l = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7  # noqa: E741
    month, day = divmod(h + l - 7 * ((a + 11 * h + 22 * l) // 451) + 114, 31)
    return _day(year, month, day + 1)


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - _EPOCH).days


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
