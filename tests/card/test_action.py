"""Action: a plan that two sides prepare, its versions, and when it should have begun (card/action.py, blueprints/actions.py)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints import actions
from card.action import not_started
from card.card_type import sections_of
from card.clock import instant_at, instant_ms, to_clock, to_date
from card.entry import Entry
from card.fold import fold
from tests.card import logs
from tests.card.conftest import Twin
from tests.card.logs import CARD, entry_id

DOMAINS = {"noord": "police", "jeugd": "care"}
BEGIN_MS = 1_795_486_000_000


class Prepared:
    """A plan as it grows, a line at a time; each line a second later."""

    def __init__(self) -> None:
        self.log: list[Entry] = []
        self("jeugd", "card.opened", {"type": "plan", "situation": "keep_calm_outside", "place": "Kade 12"})

    def __call__(self, org: str, kind: str, body: dict[str, Any], *supersedes: str) -> str:
        number = len(self.log)
        self.log.append({
            "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{BEGIN_MS + 1000 * number:013d}-0000-7f3a9c21", "by": org, "org": org,
            "device": "7f3a9c21", "audience": "all", "supersedes": list(supersedes), "body": body,
        })  # fmt: skip
        return entry_id(number)

    def prepared(self, org: str, *supersedes: str, day: str = "2026-12-01", start: str = "16:00") -> str:
        return self(org, "action.prepared", {"purpose": "Gesprek", "day": day, "start": start}, *supersedes)

    def agreed(self, org: str, version: str, *tasks: str) -> str:
        return self(org, "action.agreed", {"version": version, "tasks": list(tasks)})

    def seen_by(self, org: str) -> dict[str, Any]:
        frame = {"viewer": {"org": org}, "now": BEGIN_MS, "organisations": {one: {"domain": domain} for one, domain in DOMAINS.items()}}
        return actions.action_of(frame, fold(self.log))


def test_who_prepared_agrees_with_it_and_the_other_side_still_has_to() -> None:
    plan = Prepared()
    version = plan.prepared("noord")
    [ours], [theirs] = plan.seen_by("noord")["versions"], plan.seen_by("jeugd")["versions"]
    assert (ours["orgs"], ours["both"], ours["mine"], theirs["mine"]) == (["noord"], False, True, False)
    plan.agreed("jeugd", version)
    assert plan.seen_by("jeugd")["versions"][0]["both"]


def test_a_new_version_asks_everybody_again_and_a_later_task_too() -> None:
    plan = Prepared()
    first = plan.prepared("noord")
    plan.agreed("jeugd", first)
    second = plan.prepared("noord", first)
    assert plan.seen_by("jeugd")["versions"][0]["orgs"] == ["noord"]
    plan.agreed("jeugd", second)
    task = plan("noord", "action.task", {"who": "Opco", "what": "Belt"})
    asked = plan.seen_by("jeugd")["versions"][0]
    assert (asked["orgs"], asked["before"]) == (["noord"], ["jeugd"])
    plan.agreed("jeugd", second, task)
    assert plan.seen_by("noord")["versions"][0]["both"]
    plan("jeugd", "action.task", {"who": "Jeugdbeschermer", "what": "Praat"})
    assert plan.seen_by("noord")["versions"][0]["before"] == ["jeugd", "noord"], "a task of the other side asks who prepared it as well"


def test_a_task_that_is_dropped_asks_again_who_agreed_with_it() -> None:
    plan = Prepared()
    version = plan.prepared("noord")
    task = plan("noord", "action.task", {"who": "Opco", "what": "Belt"})
    plan.agreed("jeugd", version, task)
    plan("noord", "action.task_dropped", {"task": task})
    assert plan.seen_by("jeugd")["versions"][0]["before"] == ["jeugd"]
    plan.agreed("jeugd", version)
    assert plan.seen_by("noord")["versions"][0]["both"]
    assert plan.seen_by("noord")["tasks"] == []


def test_versions_that_did_not_see_each_other_stand_side_by_side_and_the_earliest_begins() -> None:
    plan = Prepared()
    plan.prepared("noord", start="17:00")
    plan.prepared("jeugd", start="15:30")
    assert len(fold(plan.log)["action"]["versions"]) == 2
    assert fold(plan.log)["action"]["starts"] == "2026-12-01T14:30:00Z"


def test_called_off_is_the_last_word_until_somebody_who_saw_it_prepares_anew() -> None:
    plan = Prepared()
    first = plan.prepared("noord")
    off = plan("jeugd", "action.called_off", {"reason": "De moeder is weg"}, first)
    assert fold(plan.log)["action"]["called_off"][0]["id"] == off
    assert fold(plan.log)["action"]["starts"] is None
    plan.prepared("noord", off)
    assert fold(plan.log)["action"]["called_off"] == []


def test_who_changed_the_plan_without_seeing_that_it_was_called_off_keeps_it_alive() -> None:
    plan = Prepared()
    first = plan.prepared("noord")
    plan("jeugd", "action.called_off", {"reason": "De moeder is weg"}, first)
    plan.prepared("noord", first, start="18:00")
    assert len(fold(plan.log)["action"]["versions"]) == 1


def test_a_plan_asks_from_its_time_on_until_somebody_begins() -> None:
    plan = Prepared()
    plan.prepared("noord")
    at = instant_ms("2026-12-01T15:00:00Z")
    assert not not_started(fold(plan.log), at - 1)
    assert not_started(fold(plan.log), at)
    plan("jeugd", "card.turned", {"into": "incident"})
    assert not not_started(fold(plan.log), at)


@given(log=logs.logs())
def test_a_plan_that_becomes_the_live_card_keeps_every_entry_and_who_agreed_with_what(log: list[Entry]) -> None:
    last = {"id": entry_id(9_999), "at": "1999999999999-0000-7f3a9c21"}
    begun: Any = {**Prepared().log[0], **last, "kind": "card.turned", "body": {"into": "incident"}}
    plan, live = fold(log), fold([*log, begun])
    assert [item["id"] for item in live["timeline"]] == [*(item["id"] for item in plan["timeline"]), begun["id"]]
    assert live["action"] == plan["action"]
    assert "plan" not in live["types"] or "action" in sections_of(live)


@pytest.mark.parametrize(
    ("day", "start", "instant"),
    [
        ("2026-12-01", "16:00", "2026-12-01T15:00:00Z"),
        ("2026-07-01", "16:00", "2026-07-01T14:00:00Z"),
        ("2026-03-29", "02:30", "2026-03-29T01:00:00Z"),  # passed at the moment the clock goes forward
        ("2026-10-25", "02:30", "2026-10-25T00:30:00Z"),  # the first of the two
        ("2026-02-30", "12:00", None),
        ("2026-02-28", "24:00", None),
    ],
)
def test_a_day_and_a_clock_time_are_a_moment_here(day: str, start: str, instant: str | None) -> None:
    assert instant_at(day, start) == instant


@given(
    st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)).map(str) | st.text(max_size=12),
    st.from_regex(r"[0-2]?\d[:.]?[0-6]\d", fullmatch=True) | st.text(max_size=6),
)
def test_both_read_days_and_clock_times_alike(twin: Twin, day: str, said: str) -> None:
    assert twin("toClock", said) == to_clock(said)
    assert twin("toDate", day) == to_date(day)
    assert twin("instantAt", day, to_clock(said) or said) == instant_at(day, to_clock(said) or said)
