"""Afterwards: who is asked how a card went, from when until when, and who can tell what came of it; the same in both languages."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from card.afterwards import ASKED_MS, HOUR_MS, asks_how, owes_outcome
from card.entry import Entry
from card.fold import fold
from card.notice import HOW_PUSHED_MS, how_notices, notice_of
from tests.card.conftest import Twin
from tests.card.logs import BEGIN_MS, ORGANISATIONS, PEOPLE, logs
from tests.review.crossing import DRIVER, OFFICER, OTHER, TRIAGIST, crossing, ms

CLOSED_MS = ms("21:14")
HALF_DAY_MS = CLOSED_MS + 12 * HOUR_MS


def answered(by: str, kind: str = "feedback.answered", body: dict[str, Any] | None = None) -> list[Entry]:
    log = crossing()
    log("21:30", by, kind, body or {"well": ["handover"]})
    return log.numbered()


def test_everybody_who_was_on_it_is_asked_after_twelve_hours_until_two_weeks_later() -> None:
    card = fold(crossing().entries)
    for person in (OFFICER, OTHER, TRIAGIST, DRIVER):
        assert not asks_how(card, person, 12, HALF_DAY_MS - 1)
        assert asks_how(card, person, 12, HALF_DAY_MS)
        assert asks_how(card, person, 12, HALF_DAY_MS + ASKED_MS - 1)
        assert not asks_how(card, person, 12, HALF_DAY_MS + ASKED_MS)
    assert not asks_how(card, "somebody else", 12, HALF_DAY_MS)


def test_who_answered_is_asked_no_more_and_the_others_are() -> None:
    card = fold(answered(OFFICER))
    assert not asks_how(card, OFFICER, 12, HALF_DAY_MS)
    assert asks_how(card, OTHER, 12, HALF_DAY_MS)


def test_where_an_organisation_asks_never_nobody_is_asked() -> None:
    assert not asks_how(fold(crossing().entries), OFFICER, 0, HALF_DAY_MS)


def test_a_card_that_is_open_or_opened_again_asks_nobody() -> None:
    log = crossing()
    log("21:20", OFFICER, "alarm.raised", {})
    assert not asks_how(fold(log.numbered()), OFFICER, 12, HALF_DAY_MS)
    assert how_notices(log.entries, {OFFICER: 12}, HALF_DAY_MS) == []


def test_only_who_took_it_over_is_asked_what_came_of_it_until_one_of_them_told() -> None:
    card = fold(crossing().entries)
    assert owes_outcome(card, TRIAGIST, "crisisdienst", 12, HALF_DAY_MS)
    assert not owes_outcome(card, OFFICER, "noord", 12, HALF_DAY_MS)
    told = fold(answered(TRIAGIST, "outcome.told", {"result": "taken_up", "text": "Opgenomen op de high care"}))
    assert not owes_outcome(told, TRIAGIST, "crisisdienst", 12, HALF_DAY_MS)
    assert [item["body"]["result"] for item in told["feedback"]] == ["taken_up"]


def test_those_who_are_asked_at_the_same_moment_hear_it_in_one_notice_named_by_the_closing() -> None:
    entries = answered(OTHER)
    hours = {OFFICER: 12, OTHER: 12, TRIAGIST: 1, DRIVER: 0}
    assert how_notices(entries, hours, CLOSED_MS + HOUR_MS - 1) == []
    [first] = how_notices(entries, hours, CLOSED_MS + HOUR_MS)
    assert (first["kind"], first["persons"], first["about"]["by"]) == ("how_was_it", [TRIAGIST], "")
    both = how_notices(entries, hours, HALF_DAY_MS)
    assert [notice["persons"] for notice in both] == [[TRIAGIST], [OFFICER]]
    closing = next(entry["id"] for entry in entries if entry["kind"] == "card.closed")
    assert {notice["entry"] for notice in both} == {closing}
    assert how_notices(entries, hours, HALF_DAY_MS + HOW_PUSHED_MS) == []


def test_the_police_hear_that_it_was_taken_up_and_who_told_it_does_not() -> None:
    *before, told = answered(TRIAGIST, "outcome.told", {"result": "taken_up", "text": "Opgenomen"})
    notice = notice_of(before, told)
    assert notice is not None
    assert (notice["kind"], notice["but"]) == ("outcome_told", ["crisisdienst"])
    assert OFFICER in notice["persons"]


@given(log=logs(), hours=st.integers(0, 200), later=st.integers(-(10**9), 3 * 10**9), who=st.sampled_from(PEOPLE), org=st.sampled_from(ORGANISATIONS))
def test_both_ask_the_same(twin: Twin, log: list[Entry], hours: int, later: int, who: str, org: str) -> None:
    card, now_ms = fold(log), BEGIN_MS + later
    assert twin("asksHow", card, who, hours, now_ms) == asks_how(card, who, hours, now_ms)
    assert twin("owesOutcome", card, who, org, hours, now_ms) == owes_outcome(card, who, org, hours, now_ms)
    by_person = {"jan": hours, "fatima": 12, "kees": 0}
    assert twin("howNotices", log, by_person, now_ms) == how_notices(log, by_person, now_ms)
