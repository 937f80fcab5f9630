"""Clock: times as people say them, in the Netherlands (Europe/Amsterdam, summer time included); instants as machines keep them.

Where the clock is put forward an hour does not exist: what is said to be in it is taken by the offset before the change. Where it is put back an
hour exists twice: the first is meant. `shown_from` and `shown_until` ask something else, what the clock on the wall shows, and say it themselves.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from card.entry import is_clock, is_date, trimmed
from card.hlc import millis

HERE = ZoneInfo("Europe/Amsterdam")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPOKEN = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)|([01]\d|2[0-3])([0-5]\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_BACK_MS = 60 * 60 * 1000


def to_instant(said: str, now_ms: int) -> str | None:
    """ "14:30" (also 14.30, 1430, 9:05) as the instant within the hour before now and the 23 hours after; None when it is no clock time."""
    match = _SPOKEN.fullmatch(trimmed(said))
    if not match:
        return None
    hour, minute = (int(match[1]), int(match[2])) if match[1] else (int(match[3]), int(match[4]))
    today = datetime.fromtimestamp(now_ms / 1000, HERE).replace(tzinfo=None, hour=hour, minute=minute, second=0, microsecond=0)
    choices = [_ms(today + timedelta(days=days)) for days in (-1, 0, 1)]
    chosen = next((ms for ms in choices if ms >= now_ms - _BACK_MS), choices[-1])
    return datetime.fromtimestamp(chosen / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_clock(said: str) -> str | None:
    """ "9.05", "0905" or "9:05" as "09:05"; None when it is no clock time."""
    match = _SPOKEN.fullmatch(trimmed(said))
    return f"{match[1] or match[3]:0>2}:{match[2] or match[4]}" if match else None


def instant_at(date: str, clock: str) -> str | None:
    """The instant at which it is first that time here on that day, "2026-12-01" and "14:30"; None when there is no such day or time."""
    if not is_date(date) or not is_clock(clock):
        return None
    ms = shown_from(day_number(date), int(clock[:2]) * 60 + int(clock[3:]))
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_date(said: str) -> str | None:
    """ "2026-12-01" as browsers send it, or 1-12-2026 as people write it, as "2026-12-01"; None when there is no such day."""
    match = _DATE.fullmatch(trimmed(said))
    if not match:
        return None
    year, month, day = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    date = f"{year}-{month:0>2}-{day:0>2}"
    return date if is_date(date) else None


def instant_ms(instant: str) -> int:
    return (datetime.fromisoformat(instant) - _EPOCH) // timedelta(milliseconds=1)


def moment_ms(moment: str) -> int:
    """The milliseconds of an instant or of a hybrid clock's stamp."""
    return instant_ms(moment) if "T" in moment else millis(moment)


def clock(moment: str) -> str:
    """The clock time, "14:30", of an instant or of a hybrid clock's stamp."""
    return _here(moment).strftime("%H:%M")


def day(moment: str) -> str:
    """The day, "24-11", of an instant or of a hybrid clock's stamp."""
    return _here(moment).strftime("%d-%m")


def date(moment: str) -> str:
    """The day, "2026-11-24", of an instant or of a hybrid clock's stamp."""
    return _here(moment).strftime("%Y-%m-%d")


def dated(date: str) -> str:
    """A date as people here write it: `2026-11-25` is 25-11-2026; of what is only a year or a month the same."""
    return "-".join(reversed(date.split("-")))


def minutes_between(earlier: str, later_ms: int) -> int:
    """Whole minutes from an instant or stamp until then; never below zero."""
    return max(0, later_ms - moment_ms(earlier)) // 60_000


def local_day(now_ms: int) -> int:
    """The date here, as days since 1 January 1970."""
    return (datetime.fromtimestamp(now_ms / 1000, HERE).replace(tzinfo=UTC) - _EPOCH).days


def day_number(date: str) -> int:
    """A date as days since 1 January 1970."""
    return (datetime.fromisoformat(date) - _EPOCH.replace(tzinfo=None)).days


def shown_from(day_number: int, minute: int) -> int:
    """When the clock first shows this minute of this day, or a later one: 1440 is midnight after it. In milliseconds."""
    return _shown(day_number, minute)[0]


def shown_until(day_number: int, minute: int) -> int:
    """When the clock no longer shows anything before this minute of this day, in milliseconds: of two equal hours the end of the second."""
    return _shown(day_number, minute)[1]


def _shown(day_number: int, minute: int) -> tuple[int, int]:
    """A minute that does not exist is passed at the moment of the change, which is on a whole hour (directive 2000/84/EC)."""
    local = _EPOCH.replace(tzinfo=None) + timedelta(days=day_number, minutes=minute)
    first, last = _ms(local), _ms(local.replace(fold=1))
    return (first, last) if first <= last else (first - first % _BACK_MS,) * 2


def _ms(local: datetime) -> int:
    return round(local.replace(tzinfo=HERE).timestamp() * 1000)


def _here(moment: str) -> datetime:
    return datetime.fromtimestamp(moment_ms(moment) / 1000, HERE)
