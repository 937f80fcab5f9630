"""Period: from a day until a day, as people type it, and moments as they read them, in the Netherlands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from card.clock import HERE

_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


def read(typed: Mapping[str, str]) -> tuple[tuple[str, str], dict[str, str]]:
    """`since` and `until` (that day included) as ISO moments, empty where nothing was asked, and what is wrong."""
    days = {name: day_of(typed[name]) for name in ("since", "until") if typed[name]}
    errors = {name: "day" for name, day in days.items() if day is None}
    since, until = days.get("since"), days.get("until")
    if since and until and until < since:
        errors["until"] = "until"
    return (_begin(since) if since else "", _begin(until + timedelta(days=1)) if until else ""), errors


def day_of(text: str) -> date | None:
    """A day as 25-11-2026 or 2026-11-25; None when there is no such day."""
    match = _DAY.fullmatch(text.strip())
    if not match:
        return None
    day, month, year = (int(part) for part in ((match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])))
    try:
        return date(year, month, day) if 2000 <= year < 2200 else None
    except ValueError:
        return None


def moment(instant: str | None) -> str:
    """25-11-2026 19:02:07, of an ISO moment; empty for none."""
    return datetime.fromisoformat(instant).astimezone(HERE).strftime("%d-%m-%Y %H:%M:%S") if instant else ""


def read_ms(at_ms: int | None) -> str:
    """25-11-2026 19:02, with the year, for what is read long after; empty for never."""
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(HERE).strftime("%d-%m-%Y %H:%M")


def _begin(day: date) -> str:
    return datetime.combine(day, time(), HERE).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
