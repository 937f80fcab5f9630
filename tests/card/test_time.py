"""Clocks: the hybrid one that never goes back, and the one on the wall in the Netherlands."""

from __future__ import annotations

import pytest

from card import hlc
from card.clock import clock, day, to_instant
from card.fold import fold
from card.waiting import waited
from tests.vectors.make import BEGIN_MS, opened


def test_a_stamp_is_later_than_all_that_was_given_and_seen_also_when_the_wall_clock_goes_back() -> None:
    last = hlc.tick(None, BEGIN_MS, "7f3a9c21")
    for now in (BEGIN_MS, BEGIN_MS - 3_600_000, BEGIN_MS + 1):
        stamp = hlc.tick(last, now, "7f3a9c21")
        assert stamp > last
        last = stamp
    seen = f"{BEGIN_MS + 60_000:013d}-0000-00000001"
    assert hlc.receive(last, seen, BEGIN_MS, "7f3a9c21") > seen


def test_a_full_counter_goes_into_the_milliseconds() -> None:
    assert hlc.tick(f"{BEGIN_MS:013d}-ffff-7f3a9c21", BEGIN_MS, "7f3a9c21") == f"{BEGIN_MS + 1:013d}-0000-7f3a9c21"


NOW = 1_795_543_200_000  # 24 November 2026, 19:00 in Amsterdam


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("20:15", "2026-11-24T19:15:00Z"),
        ("2015", "2026-11-24T19:15:00Z"),
        ("20.15", "2026-11-24T19:15:00Z"),
        ("18:30", "2026-11-24T17:30:00Z"),
        ("17:30", "2026-11-25T16:30:00Z"),
        ("0:05", "2026-11-24T23:05:00Z"),
        ("24:00", None),
        ("straks", None),
        ("", None),
    ],
)
def test_a_clock_time_is_the_one_that_comes_or_was_just_now(said: str, instant: str | None) -> None:
    assert to_instant(said, NOW) == instant


def test_summer_time_begins_and_ends() -> None:
    before_spring, before_autumn = 1_774_738_800_000, 1_792_882_800_000
    assert to_instant("02:30", before_spring) == "2026-03-29T01:30:00Z", "this hour does not exist: by the offset before the change"
    assert to_instant("02:30", before_autumn) == "2026-10-25T00:30:00Z", "this hour comes twice: the first is meant"
    assert [clock(at) for at in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")] == ["02:30", "02:30"]
    assert day("2026-11-24T23:30:00Z") == "25-11"


def test_waiting_counts_from_the_asking_and_past_the_promise_it_is_overdue() -> None:
    write = opened()
    asked = write("noord", "service.requested", {"service": "ggzvervoer", "for": "transport"}, minute=0)
    minute = 60_000
    (request,) = fold(write.log)["requests"]
    assert [waited(request, BEGIN_MS + after * minute)["step"] for after in (29, 30, 45, 60)] == [0, 1, 2, 3]
    write("ggzvervoer", "service.promised", {"request": asked, "until": "2026-11-24T20:00:00+01:00"})
    (request,) = fold(write.log)["requests"]
    due = hlc.millis(f"{NOW + 60 * minute:013d}-")
    assert waited(request, due - minute) == {"minutes_waiting": (due - minute - BEGIN_MS) // minute, "minutes_overdue": 0, "step": 0, "next_ms": due}
    assert waited(request, due + 8 * minute)["minutes_overdue"] == 8
    write("ggzvervoer", "service.arrived", {"request": asked}, minute=37)
    (request,) = fold(write.log)["requests"]
    assert waited(request, due + 500 * minute)["minutes_waiting"] == 37, "who arrived is waited for no longer"


def test_a_decline_that_is_taken_back_counts_no_longer() -> None:
    write = opened()
    asked = write("noord", "service.requested", {"service": "ggzvervoer", "for": "transport"})
    declined = write("ggzvervoer", "service.declined", {"request": asked, "reason": "no_place"})
    assert not fold(write.log)["requests"][0]["waiting"]
    write("ggzvervoer", "service.promised", {"request": asked, "until": "2026-11-24T21:00:00Z"}, supersedes=(declined,))
    assert [(request["state"], request["due"]) for request in fold(write.log)["requests"]] == [("promised", "2026-11-24T21:00:00Z")]


def test_just_after_midnight_ten_to_twelve_was_yesterday() -> None:
    midnight = NOW + 5 * 3_600_000
    assert to_instant("23:50", midnight + 10 * 60_000) == "2026-11-24T22:50:00Z"
    assert to_instant("23:00", midnight + 10 * 60_000) == "2026-11-25T22:00:00Z", "more than an hour ago is not meant"
