"""What the server takes into a log: nothing malformed or unauthorised, everything that is late or out of order (PROTOCOL, "POST /sync")."""

from __future__ import annotations

from typing import Any

import pytest

from card.access import Viewer
from card.admission import AHEAD_MS, judge
from card.entry import Rejected
from card.membership import membership
from tests.vectors.make import BEGIN_MS, PEOPLE, entry_id, opened

OFFICER = Viewer(PEOPLE["noord"], "noord", "police", "member", "7f3a9c21")
TRIAGIST = Viewer(PEOPLE["crisisdienst"], "crisisdienst", "care", "member", "0badcafe")


def verdict(viewer: Viewer, kind: str, body: dict[str, Any], log: Any = None, now_ms: int = BEGIN_MS, **told: Any) -> tuple[str, str | None]:
    """What the server says when this person hands in this entry on a card with this log: ("taken", None) or the code and the field."""
    raw = {
        "id": entry_id(99), "card": opened().log[0]["card"], "kind": kind, "at": f"{BEGIN_MS:013d}-0000-{viewer.device}", "by": viewer.person,
        "org": viewer.org, "device": viewer.device, "audience": "all", "body": body, **told,
    }  # fmt: skip
    log = opened().log if log is None else log
    judged = judge(viewer, any(entry["kind"] == "card.opened" for entry in log), membership(log), raw, now_ms)
    return (judged.code, judged.field) if isinstance(judged, Rejected) else ("taken", None)


NOTE = ("observation.noted", {"says": "Ik ga niet mee"})
TAKEN = ("taken", None)


def test_who_is_on_the_card_writes_on_it() -> None:
    assert verdict(OFFICER, *NOTE) == TAKEN


def test_who_is_not_on_the_card_does_not() -> None:
    assert verdict(TRIAGIST, *NOTE) == ("forbidden", "card")
    write = opened()
    write("noord", "card.shared", {"organisation": "crisisdienst"})
    assert verdict(TRIAGIST, *NOTE, log=write.log) == TAKEN
    write("noord", "card.unshared", {"organisation": "crisisdienst"})
    assert verdict(TRIAGIST, *NOTE, log=write.log) == ("forbidden", "card")


@pytest.mark.parametrize("field", ["by", "org", "device"])
def test_nobody_writes_in_the_name_of_another(field: str) -> None:
    assert verdict(OFFICER, *NOTE, **{field: "another"}) == ("forbidden", field)


def test_what_only_the_server_writes_is_refused_from_anybody() -> None:
    assert verdict(OFFICER, "card.joined", {"person": "p-crisis"}) == ("forbidden", "kind")


def test_a_card_is_opened_once() -> None:
    again = {"situation": "nuisance", "place": "Elders"}
    assert verdict(OFFICER, "card.opened", again) == ("forbidden", "kind")
    assert verdict(OFFICER, "card.opened", again, log=[]) == TAKEN


def test_who_is_not_on_a_card_learns_from_a_second_opening_only_that_the_card_is_not_theirs() -> None:
    assert verdict(TRIAGIST, "card.opened", {"situation": "nuisance", "place": "Elders"}) == ("forbidden", "card")


def test_an_entry_may_arrive_before_the_opening_of_its_card() -> None:
    assert verdict(TRIAGIST, *NOTE, log=[]) == TAKEN


def test_a_clock_may_be_ten_minutes_ahead_and_no_more() -> None:
    assert verdict(OFFICER, *NOTE, now_ms=BEGIN_MS - AHEAD_MS) == TAKEN
    assert verdict(OFFICER, *NOTE, now_ms=BEGIN_MS - AHEAD_MS - 1) == ("clock", "at")


def test_late_is_not_wrong() -> None:
    assert verdict(OFFICER, *NOTE, now_ms=BEGIN_MS + 400 * 86_400_000) == TAKEN
    write = opened()
    write("noord", "card.closed", {"outcome": "Naar huis"})
    assert verdict(OFFICER, *NOTE, log=write.log) == TAKEN


def test_an_answer_to_what_has_not_arrived_is_taken() -> None:
    for kind, body in (
        ("handover.accepted", {"offer": entry_id(500), "release": True}),
        ("service.arrived", {"request": entry_id(500)}),
        ("plan.agreed", {"plan": entry_id(500)}),
    ):
        assert verdict(OFFICER, kind, body, supersedes=[entry_id(501)]) == TAKEN


def test_malformed_unknown_and_too_large_are_said_before_anything_else() -> None:
    stranger = {"log": opened().log, "now_ms": 0}
    assert verdict(TRIAGIST, "risk.assessed", {"for": "client", "level": "red"}, **stranger) == ("malformed", "body.level")
    assert verdict(TRIAGIST, "weather.noted", {}, **stranger) == ("unknown_kind", "kind")
    assert verdict(TRIAGIST, "observation.noted", {"says": "x", "rest": "x" * 17_000}, **stranger) == ("too_large", None)


def test_an_agreement_lasts_a_year_at_most_counted_from_its_writing_and_not_from_its_arrival() -> None:
    text = {"text": "Bel ons eerst"}
    written = {"now_ms": BEGIN_MS + 400 * 86_400_000}
    assert verdict(OFFICER, "accord.set", {**text, "valid_until": "2027-11-25"}, **written) == TAKEN
    assert verdict(OFFICER, "accord.set", {**text, "valid_until": "2027-11-26"}, **written) == ("malformed", "body.valid_until")
