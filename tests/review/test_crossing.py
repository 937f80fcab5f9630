"""Scenario 1 looked back on: exactly the durations that SCENARIOS.md names, from its log."""

from __future__ import annotations

from card.gathered import Gathered
from review.facts import Help, facts, helped
from review.lanes import Bar, lanes
from review.marks import marks
from review.period import period
from review.picture import picture
from review.seen import seen_by_side
from tests.review.crossing import DOMAINS, OFFICER, TRIAGIST, crossing, ms

LOG = Gathered(crossing().entries)
LATER_MS = ms("23:00")


def test_it_took_two_hours_and_fourteen_minutes() -> None:
    assert facts(LOG, LATER_MS)["minutes"] == 2 * 60 + 14


def test_an_assessor_was_there_after_an_hour_and_thirteen_minutes_over_three_requests_and_one_escalation() -> None:
    assert helped(LOG)[0] == Help("assessment", 73, requests=3, escalations=1)


def test_transport_was_waited_for_thirty_seven_minutes_of_which_eight_were_overdue() -> None:
    [drive] = [wait for wait in facts(LOG, LATER_MS)["waits"] if wait["purpose"] == "transport"]
    assert (drive["minutes"], drive["overdue"], drive["state"]) == (37, 8, "arrived")
    assert [wait["minutes"] for wait in facts(LOG, LATER_MS)["waits"]] == [19, 2, 44, 37]


def test_the_police_did_not_drive_and_the_handover_was_accepted_and_released() -> None:
    found = facts(LOG, LATER_MS)
    assert found["drivers"] == ["ggz_transport"]
    assert found["handovers"] == [{"from": "noord", "to": "crisisdienst", "state": "released"}]


def test_they_disagreed_on_risk_once_for_five_minutes() -> None:
    [one] = facts(LOG, LATER_MS)["disagreements"]
    assert (one["about"], one["minutes"]) == ("client", 5)
    assert (one["begins_ms"], one["ends_ms"]) == (ms("20:19"), ms("20:24"))


def test_a_lead_finds_it_by_its_chain_of_referrals_what_was_overdue_and_the_disagreement() -> None:
    assert marks(LOG, LATER_MS) == ["referral_chain", "overdue", "risk_disagreement"]


def test_the_police_held_it_until_the_crisis_service_did_and_nobody_else_ever_did() -> None:
    held = {lane.whose: lane.rows["holding"] for lane in lanes(LOG, LATER_MS)}
    assert held == {
        "noord": [Bar(ms("19:00"), ms("21:12"))], "crisisdienst": [Bar(ms("21:12"), ms("21:14"))], "verslavingszorg": [], "ggzvervoer": [],
    }  # fmt: skip


def test_each_was_there_from_when_somebody_of_it_came() -> None:
    there = {lane.whose: lane.rows["presence"] for lane in lanes(LOG, LATER_MS)}
    assert there["noord"] == [Bar(ms("19:00"), ms("21:14"))], "two officers are one bar"
    assert there["crisisdienst"] == [Bar(ms("20:15"), ms("21:14"))]


def test_the_picture_is_to_scale() -> None:
    span = period(LOG, LATER_MS)
    drawn = picture(lanes(LOG, LATER_MS), span)
    [drive] = [row for lane in drawn["lanes"] if lane["whose"] == "ggzvervoer" for row in lane["rows"]]
    [bar] = drive["bars"]
    assert (bar["x"], bar["width"]) == (round(91 / 134 * 100, 2), round(round(128 / 134 * 100, 2) - round(91 / 134 * 100, 2), 2))
    assert (bar["overdue"]["x"], bar["overdue_minutes"]) == (round(120 / 134 * 100, 2), 8)
    assert [tick["ms"] for tick in drawn["ticks"]] == [ms(clock) for clock in ("19:00", "20:00", "21:00")]


def test_what_was_written_in_the_stairwell_reached_the_other_side_when_the_phone_was_back() -> None:
    log = crossing()
    seen = seen_by_side(log.entries, log.received_ms, DOMAINS)
    low = next(entry["id"] for entry in log.entries if entry["by"] == OFFICER and entry["body"].get("level") == "low")
    assert seen[low] == {"police": ms("19:40"), "care": ms("20:22")}
    high = next(entry["id"] for entry in log.entries if entry["by"] == TRIAGIST and entry["body"].get("level") == "high")
    assert seen[high] == {"police": ms("20:19"), "care": ms("20:19")}
    opening = log.entries[0]["id"]
    assert seen[opening] == {"police": ms("19:00"), "care": ms("19:02")}, "care was on the card once it was asked"
