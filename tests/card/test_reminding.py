"""Reminding: at set times by day, once for the night, by the clock on the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.notice import reminder
from card.reminding import DEFAULT, Rule, last_reminder, next_reminder, occasion
from tests.card import logs
from tests.card.conftest import Twin
from tests.vectors.make import BEGIN_MS, missed

HERE = ZoneInfo("Europe/Amsterdam")
MINUTE_MS = 60_000


def at(said: str) -> int:
    return round(datetime.fromisoformat(said).replace(tzinfo=HERE).timestamp() * 1000)


def shown(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, HERE).strftime("%m-%d %H:%M")


def told(reported: str, until: str, rule: Rule = DEFAULT) -> list[str | None]:
    """What a server that looks every minute sends, each once."""
    found = [last_reminder(at(reported), rule, ms) for ms in range(at(reported), at(until), MINUTE_MS)]
    return [shown(one) for one in dict.fromkeys(found) if one is not None]


def test_every_hour_by_day_and_once_for_the_night() -> None:
    assert told("2026-11-24T20:30", "2026-11-25T09:30") == ["11-24 22:00", "11-25 07:00", "11-25 08:00", "11-25 09:00"]


def test_nothing_is_asked_shortly_after_the_report() -> None:
    assert told("2026-11-24T06:30", "2026-11-24T09:30") == ["11-24 08:00", "11-24 09:00"]


def test_an_organisation_has_its_own_times() -> None:
    rule: Rule = {"every": 90, "begins": "08:00", "ends": "12:00"}
    assert told("2026-11-24T03:00", "2026-11-25T09:00", rule) == ["11-24 08:00", "11-24 09:30", "11-24 11:00", "11-25 08:00"]


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_the_morning_is_at_seven_also_when_the_clock_was_changed(night: str) -> None:
    day = night[5:]
    assert told(f"{night}T00:10", f"{night}T08:30") == [f"{day} 07:00", f"{day} 08:00"]


rules: st.SearchStrategy[Rule] = st.builds(
    lambda every, begins, length: {"every": every, "begins": f"{begins:02d}:30", "ends": f"{min(23, begins + length):02d}:45"},
    st.integers(15, 720), st.integers(0, 22), st.integers(1, 23),
)  # fmt: skip
moments = st.builds(
    lambda begin, minutes: begin + minutes * MINUTE_MS, st.sampled_from([at("2026-03-28T12:00"), at("2026-10-24T12:00")]), st.integers(0, 3000)
)


@given(rule=rules, reported=moments, now=moments)
def test_both_languages_ask_at_the_same_times_and_the_last_one_is_no_later_than_now(twin: Twin, rule: Rule, reported: int, now: int) -> None:
    last, coming = last_reminder(reported, rule, now), next_reminder(reported, rule, now)
    assert twin("lastReminder", reported, rule, now) == last
    assert twin("nextReminder", reported, rule, now) == coming
    assert coming > now
    assert last is None or reported < last <= now
    assert last_reminder(reported, rule, coming) == coming


def test_a_reminder_is_for_who_reported_and_ends_with_the_report_back() -> None:
    write = missed()
    later = BEGIN_MS + 20 * 3600 * 1000
    log: Any = write.log
    first, second = (reminder(log, DEFAULT, later + hours * 3600 * 1000) for hours in (0, 1))
    assert first
    assert second
    assert (first["kind"], first["organisations"], first["about"]["by"]) == ("report_back", ["crisisdienst"], "")
    assert first["entry"] != second["entry"]
    assert first["entry"] == occasion(write.log[1]["id"], at("2026-11-25T15:00"))
    write("noord", "missing.back", {"when": "23:40"})
    assert reminder(log, DEFAULT, later) is None


@given(log=logs.logs(), hours=st.integers(0, 60))
def test_both_languages_remind_of_the_same(twin: Twin, log: Any, hours: int) -> None:
    now = logs.BEGIN_MS + hours * 3600 * 1000
    assert twin("reminder", log, DEFAULT, now) == reminder(log, DEFAULT, now)
