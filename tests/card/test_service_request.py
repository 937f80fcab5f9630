"""Whom we wait for: from the asking until arrived, declined or cancelled (PROTOCOL, "Requests")."""

from __future__ import annotations

from typing import Any

import pytest

from card.fold import fold
from card.vocabulary import AGREED_MINUTES
from card.waiting import overdue, waited
from tests.vectors.make import BEGIN_MS, Written, opened


def asked() -> tuple[Written, str]:
    write = opened()
    return write, write("noord", "service.requested", {"service": "ggzvervoer", "for": "transport"}, minute=0)


def request(write: Written) -> dict[str, Any]:
    (folded,) = fold(write.log)["requests"]
    return dict(folded)


def answer(write: Written, state: str, of: str, *supersedes: str, **body: str) -> str:
    return write("ggzvervoer", f"service.{state}", {"request": of, **body}, supersedes=supersedes)


def test_nobody_answered_yet_is_waiting_and_due_after_the_agreed_time() -> None:
    write, _ = asked()
    assert AGREED_MINUTES == 30
    assert {name: request(write)[name] for name in ("state", "waiting", "due", "ended", "referred_to", "answers")} == {
        "state": "waiting", "waiting": True, "due": "2026-11-24T18:30:00.000Z", "ended": None, "referred_to": None, "answers": [],
    }  # fmt: skip


def test_received_is_still_waiting() -> None:
    write, of = asked()
    answer(write, "acknowledged", of)
    assert (request(write)["state"], request(write)["waiting"]) == ("acknowledged", True)


def test_a_promise_sets_the_time_it_is_due_and_a_later_promise_sets_it_anew() -> None:
    write, of = asked()
    first = answer(write, "promised", of, until="2026-11-24T19:15:00Z")
    assert (request(write)["state"], request(write)["due"], request(write)["waiting"]) == ("promised", "2026-11-24T19:15:00Z", True)
    answer(write, "promised", of, first, until="2026-11-24T20:00:00Z")
    assert request(write)["due"] == "2026-11-24T20:00:00Z"


@pytest.mark.parametrize(("state", "body"), [("arrived", {}), ("declined", {"reason": "no_place"}), ("cancelled", {})])
def test_arrived_declined_and_cancelled_each_end_the_waiting(state: str, body: dict[str, str]) -> None:
    write, of = asked()
    answer(write, "acknowledged", of)
    answer(write, state, of, **body)
    assert (request(write)["state"], request(write)["waiting"], request(write)["ended"]) == (state, False, write.log[-1]["at"])


def test_a_decline_says_why_and_to_whom() -> None:
    write, of = asked()
    answer(write, "declined", of, reason="under_influence", referred_to="Verslavingszorg")
    assert request(write)["referred_to"] == "Verslavingszorg"
    assert request(write)["answers"][0]["body"]["reason"] == "under_influence"


def test_of_answers_that_did_not_see_each_other_the_one_that_ends_most_surely_counts() -> None:
    write, of = asked()
    for state, body in (("arrived", {}), ("declined", {"reason": "other"}), ("promised", {"until": "2026-11-24T20:00:00Z"}), ("acknowledged", {})):
        answer(write, state, of, **body)
    for log in (write.log, write.log[::-1]):
        assert [one["state"] for one in fold(log)["requests"]] == ["arrived"]


def test_an_answer_to_another_request_ends_nothing_of_this_one() -> None:
    write, of = asked()
    other = write("noord", "service.requested", {"service": "huisarts", "for": "medical"})
    answer(write, "arrived", other)
    assert {one["item"]["id"]: one["waiting"] for one in fold(write.log)["requests"]} == {of: True, other: False}


def test_escalating_is_kept_beside_the_answers_and_changes_no_state() -> None:
    write, of = asked()
    declined = answer(write, "declined", of, reason="no_place")
    for level in ("operational", "management", "board"):
        write("noord", "service.escalated", {"request": of, "level": level, "to": "Dienstdoende"}, supersedes=(declined,))
    assert request(write)["state"] == "declined"
    assert [item["body"]["level"] for item in request(write)["escalations"]] == ["operational", "management", "board"]


def test_waiting_counts_whole_minutes_and_the_agreed_steps() -> None:
    write, _ = asked()
    after = {minutes: waited(request(write), BEGIN_MS + minutes * 60_000) for minutes in (0, 29, 30, 44, 45, 59, 60, 600)}
    assert {minutes: said["step"] for minutes, said in after.items()} == {0: 0, 29: 0, 30: 1, 44: 1, 45: 2, 59: 2, 60: 3, 600: 3}
    assert after[44] == {"minutes_waiting": 44, "minutes_overdue": 14, "step": 1}
    assert waited(request(write), BEGIN_MS + 90_000)["minutes_waiting"] == 1


def test_overdue_is_from_the_moment_that_was_promised_or_agreed_until_somebody_came() -> None:
    write, of = asked()
    due = BEGIN_MS + 30 * 60_000
    for early, late in ((due - 1, due), ("2026-11-24T18:29:59Z", "2026-11-24T19:30:00+01:00"), ("0000000000001-0000-", f"{due:013d}-0000-")):
        assert [overdue(request(write), now) for now in (early, late)] == [False, True]
    answer(write, "arrived", of)
    assert not overdue(request(write), due + 1)


def test_the_agreed_time_runs_from_the_millisecond_of_the_asking() -> None:
    write, _ = asked()
    write.log[-1]["at"] = f"{BEGIN_MS + 123:013d}-0000-7f3a9c21"
    assert request(write)["due"].endswith(".123Z")
    assert waited(request(write), BEGIN_MS + 122 + 30 * 60_000)["step"] == 0


def test_a_clock_that_is_behind_counts_nothing_below_zero() -> None:
    write, _ = asked()
    assert waited(request(write), BEGIN_MS - 3_600_000) == {"minutes_waiting": 0, "minutes_overdue": 0, "step": 0}


def test_of_two_promises_that_did_not_see_each_other_the_later_one_is_due() -> None:
    write, of = asked()
    answer(write, "promised", of, until="2026-11-24T19:15:00Z")
    answer(write, "promised", of, until="2026-11-24T19:05:00Z")
    assert request(write)["due"] == "2026-11-24T19:05:00Z"
