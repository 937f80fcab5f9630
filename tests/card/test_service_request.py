"""Whom we wait for: from the asking until arrived, declined or cancelled (PROTOCOL, "Requests")."""

from __future__ import annotations

from typing import Any

import pytest

from card.entry import Rejected, canonical, parse
from card.fold import fold
from card.membership import membership
from card.service_request import chains, service_owner, with_agreed
from card.waiting import overdue, waited
from tests.card.conftest import Twin
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
    assert after[44] == {"minutes_waiting": 44, "minutes_overdue": 14, "step": 1, "next_ms": BEGIN_MS + 45 * 60_000}
    assert after[600]["next_ms"] is None
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
    assert waited(request(write), BEGIN_MS - 3_600_000) == {
        "minutes_waiting": 0, "minutes_overdue": 0, "step": 0, "next_ms": BEGIN_MS + 30 * 60_000,
    }  # fmt: skip


def test_of_two_promises_that_did_not_see_each_other_the_later_one_is_due() -> None:
    write, of = asked()
    answer(write, "promised", of, until="2026-11-24T19:15:00Z")
    answer(write, "promised", of, until="2026-11-24T19:05:00Z")
    assert request(write)["due"] == "2026-11-24T19:05:00Z"


SAID: dict[str, dict[str, str]] = {
    "acknowledged": {}, "promised": {"until": "2026-11-24T20:00:00Z"}, "arrived": {}, "declined": {"reason": "other"}, "cancelled": {},
}  # fmt: skip
STRONGEST_FIRST = ["arrived", "declined", "cancelled", "promised", "acknowledged"]


@pytest.mark.parametrize("seen", [True, False], ids=["the second saw the first", "they did not see each other"])
@pytest.mark.parametrize("second", SAID)
@pytest.mark.parametrize("first", SAID)
def test_every_order_and_overlap_of_two_answers(first: str, second: str, seen: bool, twin: Twin) -> None:
    write, of = asked()
    before = answer(write, first, of, **SAID[first])
    answer(write, second, of, *([before] if seen else []), **SAID[second])
    state = second if seen else min(first, second, key=STRONGEST_FIRST.index)
    for log in (write.log, write.log[::-1]):
        (one,) = fold(log)["requests"]
        assert (one["state"], one["waiting"]) == (state, state in ("promised", "acknowledged"))
        assert len(one["heads"]) == (1 if seen else 2)
        assert twin("fold", log) == canonical(fold(log)).decode()


def test_the_minutes_that_a_service_agreed_on_are_in_the_request_and_say_when_it_is_late(twin: Twin) -> None:
    pages = {"ggzvervoer": {"agreed": [10, 20, 40]}, "dehaven": {"agreed": [5, 5, 5]}}
    for service, agreed in (("ggzvervoer", [10, 20, 40]), ("ggzvervoer/nacht", [10, 20, 40]), ("dehaven", None), ("~huisarts", None), ("x", None)):
        body = {"service": service, "for": "transport"}
        assert with_agreed(body, pages).get("agreed") == agreed
        assert twin("withAgreed", body, pages) == with_agreed(body, pages)
    write = opened()
    write("noord", "service.requested", {"service": "ggzvervoer", "for": "transport", "agreed": [10, 20, 40]}, minute=0)
    assert request(write)["due"] == "2026-11-24T18:10:00.000Z"
    steps = {minutes: waited(request(write), BEGIN_MS + minutes * 60_000)["step"] for minutes in (9, 10, 19, 20, 39, 40)}
    assert steps == {9: 0, 10: 1, 19: 1, 20: 2, 39: 2, 40: 3}


@pytest.mark.parametrize("agreed", ["30", [30], [30, 45, 45], [0, 1, 2], [1.5, 2, 3], [True, 2, 3], [1, 2, 2000], {}])
def test_what_are_no_agreed_minutes_is_refused_by_the_server_and_as_nothing_in_the_fold(agreed: object) -> None:
    write = opened()
    write("noord", "service.requested", {"service": "ggzvervoer", "for": "transport", "agreed": agreed})
    refused = parse(write.log[-1])
    assert isinstance(refused, Rejected)
    assert refused.field == "body.agreed"
    assert request(write)["agreed"] == [30, 45, 60]


def test_a_request_after_a_referral_follows_the_one_that_was_declined(twin: Twin) -> None:
    write = opened()
    first = write("noord", "service.requested", {"service": "crisisdienst", "for": "assessment"})
    write("crisisdienst", "service.declined", {"request": first, "reason": "under_influence", "referred_to": "verslavingszorg"})
    second = write("noord", "service.requested", {"service": "verslavingszorg", "for": "assessment"})
    other = write("noord", "service.requested", {"service": "ambulance", "for": "medical"})
    third = write("noord", "service.requested", {"service": "crisisdienst", "for": "assessment", "follows": second})
    card = fold(write.log)
    assert [[one["item"]["id"] for one in chain] for chain in chains(card["requests"])] == [[first, second, third], [other]]
    assert twin("chainsOf", write.log) == [[first, second, third], [other]]


def test_a_request_that_follows_itself_or_what_is_not_there_begins_a_chain_of_its_own() -> None:
    write = opened()
    for follows in ("019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-00000000ffff", 7, None):
        write("noord", "service.requested", {"service": "ambulance", "for": "medical", "follows": follows})
    assert [len(chain) for chain in chains(fold(write.log)["requests"])] == [1, 1, 1, 1]


def test_asking_any_service_of_an_organisation_puts_that_organisation_on_the_card(twin: Twin) -> None:
    owners = {"crisisdienst": "crisisdienst", "crisisdienst/advies": "crisisdienst", "~huisartsenpost": "", "Buurvrouw": "Buurvrouw"}
    for service, owner in owners.items():
        assert service_owner(service) == owner
        write = opened()
        write("noord", "service.requested", {"service": service, "for": "advice"})
        assert membership(write.log)["organisations"] == sorted({"noord", owner} - {""})
        assert twin("membership", write.log) == membership(write.log)
