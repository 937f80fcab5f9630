"""Picture: the time line to scale, as places on paper that a template draws (templates/review/picture.html). Across in percents of the width, so
that it fits a phone and a sheet of paper alike; down in lines of text, so that it grows with the letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from card.clock import local_day, shown_from
from review.lanes import ROWS, Bar, Lane
from review.period import MINUTE_MS, whole_minutes

HOUR, DAY = 60, 24 * 60
STEPS_MIN = (1, 2, 5, 10, 15, 30, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY)
MOST_TICKS = 4
NARROWEST = 0.6
AXIS, NAME, ROW, BETWEEN = 2.0, 1.7, 2.5, 0.8


@dataclass(frozen=True, slots=True)
class Scale:
    """From milliseconds to percents of the width."""

    begins_ms: int
    ends_ms: int

    def at(self, ms: int) -> float:
        whole = max(self.ends_ms - self.begins_ms, MINUTE_MS)
        return round(min(max((ms - self.begins_ms) / whole, 0.0), 1.0) * 100, 2)


def picture(lanes: list[Lane], period: tuple[int, int]) -> dict[str, Any]:
    """`lanes`: of each whose it is and its rows with bars; `ticks`: moments of the clock; `height` in lines."""
    scale, down, drawn = Scale(*period), AXIS, []
    for lane in lanes:
        rows = []
        top = down
        down += NAME
        for name in ROWS:
            if bars := lane.rows[name]:
                rows.append({"name": name, "top": round(down, 2), "bars": [_bar(scale, bar) for bar in bars], **_sums(bars)})
                down += ROW
        drawn.append({"whose": lane.whose, "top": round(top, 2), "rows": rows})
        down += BETWEEN
    return {"lanes": drawn, "ticks": [{"x": scale.at(ms), "ms": ms} for ms in ticks(period)], "days": is_of_days(period), "height": round(down, 2)}


def _bar(scale: Scale, bar: Bar) -> dict[str, Any]:
    """Too short to be seen is drawn as wide as can be seen, and within the paper."""
    x, end = scale.at(bar.begins_ms), scale.at(bar.ends_ms)
    width = max(round(end - x, 2), NARROWEST)
    late = scale.at(bar.overdue_ms) if bar.overdue_ms is not None and _overdue(bar) else None
    return {
        "x": round(min(x, 100 - width), 2), "width": width, "begins_ms": bar.begins_ms, "ends_ms": bar.ends_ms, "minutes": _minutes(bar),
        "overdue": None if late is None else {"x": round(min(late, 100 - NARROWEST), 2), "width": max(round(end - late, 2), NARROWEST)},
        "overdue_minutes": _overdue(bar),
    }  # fmt: skip


def _sums(bars: list[Bar]) -> dict[str, int]:
    return {"minutes": sum(map(_minutes, bars)), "overdue_minutes": sum(map(_overdue, bars))}


def _minutes(bar: Bar) -> int:
    return whole_minutes(bar.begins_ms, bar.ends_ms)


def _overdue(bar: Bar) -> int:
    return 0 if bar.overdue_ms is None else whole_minutes(bar.overdue_ms, bar.ends_ms)


def step_min(period: tuple[int, int]) -> int:
    """The shortest step of the clock, in minutes, of which no more fit in than can be read on a phone."""
    minutes = (period[1] - period[0]) / MINUTE_MS
    return next((step for step in STEPS_MIN if minutes / step <= MOST_TICKS), STEPS_MIN[-1])


def is_of_days(period: tuple[int, int]) -> bool:
    """Whether its ticks are days, and no clock times."""
    return step_min(period) >= DAY


def ticks(period: tuple[int, int]) -> list[int]:
    """Round clock times here within the period, in milliseconds; of a card of days the beginnings of days."""
    step, first = step_min(period), local_day(period[0])
    if step >= DAY:
        days = range(first, local_day(period[1]) + 1, step // DAY)
        moments = [shown_from(day, 0) for day in days]
    else:
        begin = shown_from(first, 0)
        low, high = ceil((period[0] - begin) / (step * MINUTE_MS)), floor((period[1] - begin) / (step * MINUTE_MS))
        moments = [begin + number * step * MINUTE_MS for number in range(low, high + 1)]
    return [ms for ms in moments if period[0] <= ms <= period[1]]
