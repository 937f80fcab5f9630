"""Opening hours: open now, until when, from when. Over midnight, on holidays, and in the nights that an hour is skipped or comes twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card.access import Viewer, may_keep
from card.clock import instant_ms, local_day, shown_from, shown_until
from card.opening_hours import AHEAD_DAYS, HOLIDAYS, holidays_on, iso_date, minute_of, openness, spans_of, weekday_of
from tests.card.conftest import Twin

HERE = ZoneInfo("Europe/Amsterdam")
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
EPOCH = date(1970, 1, 1)
OFFICE = [[["09:00", "17:00"]]] * 5 + [[], []]


def hours(week: Any = None, *, always: bool = False, closed_on: Any = (), exceptions: Any = None) -> dict[str, Any]:
    return {"always": always, "week": week or [[]] * 7, "closed_on": list(closed_on), "exceptions": exceptions or {}}


def here(said: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(said).replace(tzinfo=HERE, fold=fold).timestamp() * 1000)


def told(given: dict[str, Any], now_ms: int) -> tuple[bool, str | None]:
    """Open or not, and until or from when, as the clock here shows it."""
    answer = openness(given, now_ms)
    moment = answer["until"] if answer["open"] else answer["opens"]
    return answer["open"], moment and f"{datetime.fromtimestamp(instant_ms(moment) / 1000, HERE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        ("2026-11-24 08:59", (False, "2026-11-24 09:00")),
        ("2026-11-24 09:00", (True, "2026-11-24 17:00")),
        ("2026-11-24 16:59", (True, "2026-11-24 17:00")),
        ("2026-11-24 17:00", (False, "2026-11-25 09:00")),
        ("2026-11-27 17:00", (False, "2026-11-30 09:00")),
        ("2026-12-24 17:00", (False, "2026-12-28 09:00")),
    ],
)
def test_an_office_is_open_from_its_first_minute_up_to_its_last_and_opens_after_the_weekend(now: str, answer: tuple[bool, str]) -> None:
    assert told(hours(OFFICE, closed_on=["christmas", "second_christmas"]), here(now)) == answer


def test_a_night_is_of_the_day_on_which_it_begins() -> None:
    nights = hours([[["22:00", "06:00"]]] + [[]] * 6)
    assert told(nights, here("2026-11-23 23:00")) == (True, "2026-11-24 06:00")
    assert told(nights, here("2026-11-24 05:59")) == (True, "2026-11-24 06:00")
    assert told(nights, here("2026-11-24 06:00")) == (False, "2026-11-30 22:00")
    shut = hours([[["22:00", "06:00"]]] * 7, closed_on=["christmas"], exceptions={"2026-12-28": []})
    assert told(shut, here("2026-12-25 03:00")) == (True, "2026-12-25 06:00"), "the night before a holiday is not cut short"
    assert told(shut, here("2026-12-25 06:00")) == (False, "2026-12-26 22:00")
    assert told(shut, here("2026-12-28 06:00")) == (False, "2026-12-29 22:00")


def test_spans_that_touch_are_one() -> None:
    week = [[["00:00", "24:00"]]] * 5 + [[["00:00", "12:00"], ["12:00", "18:00"]], []]
    assert told(hours(week), here("2026-11-25 12:00")) == (True, "2026-11-28 18:00")
    assert told(hours([[["08:00", "08:00"]]] * 7), here("2026-11-25 12:00")) == (True, None), "from eight to eight is a day and a night"


def test_day_and_night_has_no_end_and_never_open_no_beginning() -> None:
    assert openness(hours(always=True), here("2026-11-25 03:00")) == {"open": True, "until": None, "opens": None}
    assert openness(hours(), here("2026-11-25 03:00")) == {"open": False, "until": None, "opens": None}
    assert told(hours(always=True, exceptions={"2026-12-01": [["00:00", "08:00"]]}), here("2026-11-25 03:00")) == (True, "2026-12-01 08:00")
    far = (date(2026, 11, 25) + timedelta(days=AHEAD_DAYS)).isoformat()
    assert told(hours(always=True, exceptions={far: []}), here("2026-11-25 03:00")) == (True, None)


def test_an_exception_goes_before_a_holiday_and_a_holiday_before_the_week() -> None:
    given = hours(OFFICE, closed_on=["kings_day"], exceptions={"2027-04-27": [["10:00", "12:00"]]})
    assert told(given, here("2026-04-27 10:30")) == (False, "2026-04-28 09:00")
    assert told(given, here("2027-04-27 10:30")) == (True, "2027-04-27 12:00")


def test_in_the_night_that_skips_an_hour_what_begins_or_ends_in_it_does_so_at_the_change() -> None:
    saturday = [[]] * 5 + [[["22:00", "02:30"]], [["02:30", "08:00"]]]
    assert told(hours(saturday), here("2026-03-29 01:59")) == (True, "2026-03-29 08:00")
    assert told(hours([[]] * 5 + [[["22:00", "02:30"]], []]), here("2026-03-29 01:59")) == (True, "2026-03-29 03:00")
    assert told(hours([[]] * 6 + [[["02:30", "08:00"]]]), here("2026-03-29 01:59")) == (False, "2026-03-29 03:00")
    assert told(hours([[]] * 6 + [[["02:15", "02:45"]]]), here("2026-03-29 01:59")) == (False, "2026-04-05 02:15"), "it is not there that night"


def test_in_the_night_that_has_an_hour_twice_what_begins_in_it_begins_at_the_first_and_what_ends_in_it_at_the_second() -> None:
    given = hours([[]] * 6 + [[["02:15", "02:45"]]])
    for fold, minute in ((0, "02:15"), (0, "02:59"), (1, "02:00"), (1, "02:44")):
        assert openness(given, here(f"2026-10-25 {minute}", fold))["open"], (minute, fold)
    assert not openness(given, here("2026-10-25 02:14", 0))["open"]
    assert not openness(given, here("2026-10-25 02:45", 1))["open"]
    assert openness(given, here("2026-10-25 02:30"))["until"] == "2026-10-25T01:45:00Z"


def test_the_holidays_of_some_years() -> None:
    def on(said: str) -> list[str]:
        return holidays_on((date.fromisoformat(said) - EPOCH).days)

    assert [on(day) for day in ("2026-04-03", "2026-04-05", "2026-04-06")] == [["good_friday"], ["easter"], ["easter_monday"]]
    assert [on(day) for day in ("2026-05-14", "2026-05-24", "2026-05-25")] == [["ascension"], ["whit_sunday"], ["whit_monday"]]
    assert [on(day) for day in ("2025-04-26", "2025-04-27", "2026-04-27")] == [["kings_day"], [], ["kings_day"]], "not on a Sunday"
    assert [on(day) for day in ("2026-01-01", "2026-12-25", "2026-12-26")] == [["new_year"], ["christmas"], ["second_christmas"]]
    assert on("2016-05-05") == ["liberation_day", "ascension"]
    assert told(hours(OFFICE, closed_on=["ascension"]), here("2016-05-05 10:00")) == (False, "2016-05-06 09:00")
    assert on("2026-05-06") == []


EASTERS = {2000: "04-23", 2008: "03-23", 2011: "04-24", 2019: "04-21", 2024: "03-31", 2025: "04-20", 2027: "03-28", 2035: "03-25", 2038: "04-25"}


def test_easter_is_when_it_is() -> None:
    for year, day in EASTERS.items():
        assert holidays_on((date.fromisoformat(f"{year}-{day}") - EPOCH).days) == ["easter"], year


def test_what_is_a_clock_time() -> None:
    assert [minute_of(said) for said in ("00:00", "09:30", "23:59", "24:00")] == [0, 570, 1439, 1440]
    assert [minute_of(said) for said in ("", "9:30", "24:01", "12:60", "١٢:٠٠", "09:30\n")] == [None] * 6


# What nobody thinks of: dates around the two nights, holidays and the turn of a year, hours at every minute.
NIGHTS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
DAYS = [*NIGHTS, date(2026, 4, 5), date(2026, 5, 14), date(2026, 12, 25), date(2026, 12, 31), date(2028, 2, 29)]
clock_times = st.integers(0, 23 * 60 + 59).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
in_the_night = st.integers(90, 210).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
times = clock_times | in_the_night | st.sampled_from(["00:00", "02:00", "03:00"])
spans = st.lists(st.tuples(times, times | st.just("24:00")).map(list), max_size=3)
dates = st.sampled_from(DAYS).flatmap(lambda day: st.integers(-2, 2).map(lambda away: day + timedelta(days=away)))
given_hours = st.builds(
    hours,
    st.lists(spans, min_size=7, max_size=7),
    always=st.booleans(),
    closed_on=st.lists(st.sampled_from(HOLIDAYS), unique=True),
    exceptions=st.dictionaries(dates.map(date.isoformat), spans, max_size=3),
)
moments = dates.flatmap(lambda day: st.integers(0, DAY_MS).map(lambda ms: (day - EPOCH).days * DAY_MS - 7_200_000 + ms))


def shown(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, HERE).replace(tzinfo=None)


@settings(max_examples=300)
@given(given=given_hours, now=moments)
def test_both_languages_say_the_same(twin: Twin, given: dict[str, Any], now: int) -> None:
    assert twin("openness", given, now) == openness(given, now)
    today = local_day(now)
    assert twin("localDay", now) == today
    assert twin("spansOf", given, today) == spans_of(given, today)


@given(day=dates, minute=st.integers(0, 2880))
def test_both_languages_have_the_same_clock_and_calendar(twin: Twin, day: date, minute: int) -> None:
    number = (day - EPOCH).days
    assert iso_date(number) == twin("isoDate", number) == day.isoformat()
    assert weekday_of(number) == twin("weekdayOf", number) == day.weekday()
    assert (twin("shownFrom", number, minute), twin("shownUntil", number, minute)) == (shown_from(number, minute), shown_until(number, minute))


@given(day=dates, minute=st.integers(0, 2880))
def test_from_and_until_are_what_the_clock_on_the_wall_shows(day: date, minute: int) -> None:
    """By looking at it, minute by minute: from the first that shows this or later, until after the last that shows something before."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    around = int(local.replace(tzinfo=UTC).timestamp() * 1000)
    minutes = range(around - 4 * 60 * MINUTE_MS, around + 60 * MINUTE_MS, MINUTE_MS)
    number = (day - EPOCH).days
    assert shown_from(number, minute) == next(ms for ms in minutes if shown(ms) >= local)
    assert shown_until(number, minute) == max(ms for ms in minutes if shown(ms) < local) + MINUTE_MS


@given(year=st.integers(1990, 2099))
def test_both_languages_know_the_same_holidays(twin: Twin, year: int) -> None:
    first = (date(year, 1, 1) - EPOCH).days
    found = {number: names for number in range(first, first + 366) if (names := holidays_on(number)) and iso_date(number)[:4] == str(year)}
    assert sorted(name for names in found.values() for name in names) == sorted(HOLIDAYS)
    assert {number: twin("holidaysOn", number) for number in found} == found
    easter = next(number for number, names in found.items() if "easter" in names)
    assert weekday_of(easter) == 6
    assert f"{year}-03-22" <= iso_date(easter) <= f"{year}-04-25"


@settings(max_examples=200)
@given(given=given_hours, now=moments)
def test_what_it_promises_is_so(given: dict[str, Any], now: int) -> None:
    """Open until then, and not a millisecond longer; closed until it opens, and then open."""
    answer = openness(given, now)
    moment = answer["until"] if answer["open"] else answer["opens"]
    if moment is None:
        return
    change = instant_ms(moment)
    assert change > now
    assert openness(given, change)["open"] is not answer["open"]
    assert openness(given, change - 1)["open"] is answer["open"]
    assert openness(given, (now + change) // 2)["open"] is answer["open"]


@settings(max_examples=200)
@given(given=given_hours, now=moments)
def test_it_is_open_while_the_clock_shows_an_hour_of_opening(given: dict[str, Any], now: int) -> None:
    """Said without instants: by the clock on the wall and the spans of today and yesterday."""
    wall, today = shown(now), local_day(now)
    past = wall - datetime(wall.year, wall.month, wall.day)
    minute = past / timedelta(minutes=1)
    for day_number, at in ((today, minute), (today - 1, minute + 1440)):
        for begin, end in spans_of(given, day_number):
            first, last = minute_of(begin) or 0, minute_of(end) or 0
            if first <= at < (last if last > first else last + 1440):
                assert openness(given, now)["open"]


def test_who_keeps_what_the_directory_says(twin: Twin) -> None:
    for role in ("member", "privacy", "lead", "admin"):
        viewer = Viewer("p", "noord", "police", role, "7f3a9c21")
        for org in ("noord", "zuid", ""):
            assert may_keep(viewer, org) == twin("mayKeep", vars(viewer), org) == (role in ("lead", "admin") and org != "zuid")
