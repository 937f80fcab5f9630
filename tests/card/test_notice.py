"""Notice: who hears what of an entry, and who does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.access import Viewer
from card.entry import Entry
from card.fold import fold
from card.membership import membership
from card.notice import NOTICES, accord_here, begins_incident, hears, is_quiet, is_silenced, notice_of, overdue_notices, plan_late
from tests.card import logs
from tests.card.conftest import Twin

NOW_MS = 1_795_543_200_000
CARD = "019a0000-0000-7000-8000-00000000cafe"
PEOPLE = {
    "officer": ("noord", "police"), "colleague": ("noord", "police"), "elsewhere": ("zuid", "police"), "triagist": ("crisisdienst", "care"),
    "doctor": ("crisisdienst", "care"), "driver": ("ggzvervoer", "care"), "nurse": ("ambulance", "care"),
}  # fmt: skip


def viewer(person: str, **more: Any) -> Viewer:
    org, domain = PEOPLE[person]
    return Viewer(person, org, domain, more.pop("role", "member"), f"{person[:8]:x<8}", **more)


class Log:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.minute = 0

    def write(self, by: str, kind: str, body: dict[str, Any], **more: Any) -> Entry:
        self.minute += 1
        number = len(self.entries) + 1
        entry: Any = {
            "id": f"019a0000-{number:04x}-7000-8000-000000000000", "card": CARD, "kind": kind, "at": f"{NOW_MS + self.minute * 60_000}-0000-00000000",
            "by": by, "org": PEOPLE[by][0], "device": f"{by[:8]:x<8}", "audience": "all", "supersedes": [], "body": body, "seq": number, **more,
        }  # fmt: skip
        self.entries.append(entry)
        return entry

    def who_hears(self, entry: Entry, viewers: list[Viewer] | None = None) -> dict[str, set[str]]:
        """The kind of the notice, and everybody who hears it."""
        before = [one for one in self.entries if one["seq"] < entry["seq"]]
        notice = notice_of(before, entry)
        if notice is None:
            return {}
        members = membership(self.entries)
        return {notice["kind"]: {one.person for one in viewers or list(map(viewer, PEOPLE)) if hears(one, notice, members)}}


@pytest.fixture
def log() -> Log:
    """Noord opened, the crisis service is on the card, the officer and the triagist are there."""
    made = Log()
    made.write("officer", "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})
    made.write("officer", "card.shared", {"organisation": "crisisdienst"})
    made.write("officer", "presence.arrived", {"person": "officer"})
    made.write("triagist", "presence.arrived", {"person": "triagist"})
    return made


def test_a_request_is_heard_by_the_organisation_that_is_asked_by_whichever_of_its_services(log: Log) -> None:
    asked = log.write("officer", "service.requested", {"service": "ggzvervoer/nacht", "for": "transport"})
    heard = notice_of(log.entries[:-1], asked)
    assert heard is not None
    assert hears(viewer("driver"), heard, {"organisations": ["noord", "ggzvervoer"], "persons": ["officer"], "writers": []})
    asked = log.write("officer", "service.requested", {"service": "crisisdienst", "for": "assessment"})
    assert log.who_hears(asked) == {"requested": {"triagist", "doctor"}}


def test_a_request_of_nobody_with_an_account_or_of_the_own_organisation_is_no_notice_to_anybody(log: Log) -> None:
    assert log.who_hears(log.write("officer", "service.requested", {"service": "~huisarts", "for": "medical"})) == {"requested": set()}
    assert log.who_hears(log.write("triagist", "service.requested", {"service": "crisisdienst", "for": "advice"})) == {}


def test_an_invitation_is_heard_by_the_invited_and_not_by_who_invites(log: Log) -> None:
    assert log.who_hears(log.write("officer", "card.shared", {"organisation": "zuid"})) == {"invited": {"elsewhere"}}


def test_an_offer_is_heard_by_whom_it_is_for_and_its_acceptance_by_who_offered_and_who_of_the_giver_is_there(log: Log) -> None:
    log.write("officer", "presence.arrived", {"person": "colleague"})
    offered = log.write("officer", "handover.offered", {"to": "crisisdienst"})
    assert log.who_hears(offered) == {"handover_offered": {"triagist", "doctor"}}
    accepted = log.write("triagist", "handover.accepted", {"offer": offered["id"], "release": True})
    assert log.who_hears(accepted) == {"taken_over": {"officer", "colleague"}}
    assert log.who_hears(log.write("elsewhere", "handover.accepted", {"offer": offered["id"], "release": True})) == {}, "it was not for them"


def test_whether_care_can_go_in_safely_is_heard_by_the_police_on_the_card_who_are_on_duty(log: Log) -> None:
    asked = log.write("triagist", "safety.asked", {"where": "Kerkstraat 3"})
    assert log.who_hears(asked) == {"safety_asked": {"officer", "colleague"}}, "no other police, and no care"
    assert log.who_hears(asked, [viewer("officer", on_duty=False), viewer("colleague")]) == {"safety_asked": {"colleague"}}
    log.write("officer", "card.shared", {"organisation": "zuid"})
    asked = log.write("triagist", "safety.asked", {"where": "Kerkstraat 3"}, audience="all")
    assert log.who_hears(asked) == {"safety_asked": {"officer", "colleague", "elsewhere"}}
    assert log.who_hears(log.write("officer", "safety.asked", {"where": "Kerkstraat 3"})) == {"safety_asked": {"elsewhere"}}


def test_the_answer_to_that_is_heard_by_who_asked_and_who_of_theirs_is_there(log: Log) -> None:
    asked = log.write("triagist", "safety.asked", {"where": "Kerkstraat 3"})
    assert log.who_hears(log.write("officer", "safety.answered", {"question": asked["id"], "answer": "go"})) == {"safety_answered": {"triagist"}}
    log.write("doctor", "presence.arrived", {"person": "doctor"})
    log.write("colleague", "presence.arrived", {"person": "colleague"})
    stricter = log.write("colleague", "safety.answered", {"question": asked["id"], "answer": "police_join"})
    assert log.who_hears(stricter) == {"safety_answered": {"triagist", "doctor"}}, "the police have their own"
    lost = log.write("officer", "safety.answered", {"question": "019a0000-0000-7000-8000-000000000000", "answer": "go"})
    assert log.who_hears(lost) == {}, "nobody asked that"


def test_an_alarm_is_heard_by_who_is_there_the_police_on_the_card_and_who_came_by_code(log: Log) -> None:
    log.write("officer", "card.shared", {"organisation": "ambulance"})
    log.write("nurse", "card.joined", {"person": "nurse"})
    raised = log.write("officer", "alarm.raised", {})
    assert log.who_hears(raised) == {"alarm": {"colleague", "triagist", "nurse"}}, "and not by who raised it, nor by who is elsewhere"
    log.write("officer", "card.shared", {"organisation": "zuid"})
    assert log.who_hears(log.write("triagist", "alarm.raised", {})) == {"alarm": {"officer", "colleague", "elsewhere", "nurse"}}


@pytest.mark.parametrize(
    ("first", "then", "heard"),
    [
        (None, {"level": "low"}, False),
        (None, {"level": "middle"}, True),
        (None, {"level": "none", "acute": True}, True),
        ({"level": "middle"}, {"level": "high"}, True),
        ({"level": "high"}, {"level": "middle"}, False),
        ({"level": "high"}, {"level": "high"}, False),
        ({"level": "high"}, {"level": "high", "acute": True}, True),
        ({"level": "high", "acute": True}, {"level": "high", "acute": True}, False),
        ({"level": "none"}, {"level": "low"}, True),
    ],
)
def test_a_risk_is_news_when_it_counts_for_more_or_is_acute(log: Log, first: dict[str, Any] | None, then: dict[str, Any], heard: bool) -> None:
    seen = [log.write("officer", "risk.assessed", {"for": "client", **first})["id"]] if first else []
    log.write("officer", "risk.assessed", {"for": "surroundings", "level": "low"})
    judged = log.write("triagist", "risk.assessed", {"for": "client", **then}, supersedes=seen)
    assert log.who_hears(judged) == ({"risk_higher": {"officer", "colleague"}} if heard else {})


def test_a_lower_judgement_beside_a_higher_one_is_no_news(log: Log) -> None:
    log.write("officer", "risk.assessed", {"for": "client", "level": "high"})
    assert log.who_hears(log.write("triagist", "risk.assessed", {"for": "client", "level": "middle"})) == {}


def test_who_may_not_read_the_entry_hears_nothing(log: Log) -> None:
    judged = log.write("colleague", "risk.assessed", {"for": "client", "level": "high"}, audience="police")
    assert log.who_hears(judged) == {"risk_higher": {"officer"}}
    asked = log.write("officer", "service.requested", {"service": "crisisdienst", "for": "advice"})
    everybody = [viewer("doctor"), viewer("triagist", role="privacy")]
    log.entries = [one for one in log.entries if one["body"].get("person") != "triagist"]
    assert log.who_hears(asked, everybody) == {"requested": {"doctor"}}


def test_off_duty_one_hears_nothing_but_an_alarm_where_one_stands(log: Log) -> None:
    off = [viewer("triagist", on_duty=False), viewer("doctor", on_duty=False)]
    asked = log.write("officer", "service.requested", {"service": "crisisdienst", "for": "assessment"})
    assert log.who_hears(asked, off) == {"requested": set()}
    assert log.who_hears(log.write("officer", "alarm.raised", {}), off) == {"alarm": {"triagist"}}


def test_who_waits_past_the_time_hears_it_and_who_is_waited_for_does_not(log: Log) -> None:
    asked = log.write("officer", "service.requested", {"service": "ggzvervoer", "for": "transport"})
    asked_ms = int(asked["at"][:13])
    assert overdue_notices(log.entries, asked_ms + 29 * 60_000) == []
    [notice] = overdue_notices(log.entries, asked_ms + 30 * 60_000)
    assert notice["entry"] == asked["id"]
    members = membership(log.entries)
    assert {person for person in PEOPLE if hears(viewer(person), notice, members)} == {"officer", "colleague", "triagist"}
    promised = log.write("driver", "service.promised", {"request": asked["id"], "until": "2026-11-24T21:00:00Z"})
    assert [one["entry"] for one in overdue_notices(log.entries, asked_ms + 24 * 3600_000)] == [promised["id"]], "each time that was set is a notice"
    log.write("driver", "service.arrived", {"request": asked["id"]})
    assert overdue_notices(log.entries, asked_ms + 24 * 3600_000) == []


def test_nobody_waits_on_a_card_that_is_closed(log: Log) -> None:
    log.write("officer", "service.requested", {"service": "ggzvervoer", "for": "transport"})
    log.write("officer", "card.closed", {"outcome": "Opgelost"})
    assert overdue_notices(log.entries, NOW_MS + 24 * 3600_000) == []


@pytest.mark.parametrize(
    ("begins", "ends", "quiet"),
    [("22:00", "07:00", True), ("19:00", "19:01", True), ("19:01", "18:59", False), ("18:00", "19:00", False), ("", "", False)],
)
def test_quiet_hours_are_clock_times_here_also_over_midnight(begins: str, ends: str, quiet: bool) -> None:
    seven_in_the_evening = NOW_MS
    midnight = NOW_MS + 5 * 3600_000
    assert is_quiet(begins, ends, midnight if begins == "22:00" else seven_in_the_evening) is quiet


def test_summer_time_moves_quiet_hours_along() -> None:
    assert is_quiet("22:00", "07:00", 1_782_853_200_000)  # 30 June 2026, 23:00 in Amsterdam and 21:00 UTC
    assert not is_quiet("22:00", "07:00", 1_782_853_200_000 - 2 * 3600_000)


def test_an_alarm_is_never_silenced() -> None:
    assert [kind for kind in NOTICES if not is_silenced(kind, "00:00", "23:59", NOW_MS)] == ["alarm"]


@given(log=logs.logs(), data=st.data())
def test_both_know_the_same_notices_and_who_hears_them(twin: Twin, log: list[Entry], data: st.DataObject) -> None:
    members = membership(log)
    one = Viewer(data.draw(st.sampled_from(logs.PEOPLE)), data.draw(st.sampled_from(logs.ORGANISATIONS)), "police", "member", "7f3a9c21")
    for place, entry in enumerate(log):
        notice = notice_of(log[:place], entry)
        assert twin("noticeOf", log[:place], entry) == notice
        assert notice is None or twin("hears", vars(one), notice, members) == hears(one, notice, members)
    now_ms = data.draw(st.integers(logs.BEGIN_MS, logs.BEGIN_MS + 10**8))
    assert twin("overdueNotices", log, now_ms) == overdue_notices(log, now_ms)
    assert twin("planLate", log, now_ms) == plan_late(log, now_ms)
    accord = fold(log)
    for began in filter(begins_incident, log if accord["accord"]["versions"] else []):
        assert twin("beginsIncident", began)
        assert twin("accordHere", accord, began) == accord_here(accord, began)
    assert twin("isQuiet", "22:00", "07:00", now_ms) == is_quiet("22:00", "07:00", now_ms)
