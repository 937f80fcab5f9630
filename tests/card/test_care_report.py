"""Care report: what is asked of one, who says what became of it, and what it begins with (card/care_report.py, card/prefill.py)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints import care_report_screen, cared
from blueprints.engine import words
from card.care_report import VITAL, lacks
from card.clock import instant_ms
from card.entry import Entry
from card.fold import Card, fold
from card.membership import membership
from card.notice import notice_of
from card.prefill import prefill_report
from card.vocabulary import KINDS
from tests.card import logs
from tests.card.conftest import Twin
from tests.card.logs import CARD, entry_id
from tests.vectors.make import Written, opened

WORDS = words("nl")
WHOLE = {
    "to": "ggd", "whom": "Vrouw van 40, Lindelaan 4", "situation": "Ruzie thuis", "facts": "Zegt: het loopt uit de hand", "children": "yes",
    "children_note": "Twee, bij oma", "level": "high", "screening": "sash", "call_back": "Wijkagent, 088-1", "until_day": "2026-11-30",
}  # fmt: skip
Told = tuple[str, str, dict[str, Any]]
SENT: Told = ("noord", "care_report.sent", WHOLE)


def log(*told: Told) -> list[Entry]:
    opening = ("noord", "card.opened", {"type": "care_report", "situation": "care_report", "place": "Lindelaan 4"})
    entries: list[Any] = [
        {
            "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{instant_ms('2026-11-25T12:00:00Z') + number:013d}-0000-7f3a9c21", "by": org,
            "org": org, "device": "7f3a9c21", "audience": "all", "supersedes": [], "body": body, "seq": number + 1,
        }
        for number, (org, kind, body) in enumerate((opening, *told))
    ]  # fmt: skip
    return entries


def said(org: str, kind: str, **body: Any) -> Told:
    return org, f"care_report.{kind}", {"report": entry_id(1), **body}


def state(*told: Told) -> str:
    found: str = fold(log(*told))["care_report"]["state"]
    return found


def group(org: str, card: Card) -> str:
    found: str = cared.row({"viewer": {"org": org}}, card)["group"]
    return found


def test_what_became_of_it_is_said_by_whom_it_was_sent_to_and_by_nobody_else() -> None:
    assert state() == "none"
    assert state(SENT) == "sent"
    assert state(SENT, said("noord", "taken_up")) == "sent", "who sends it cannot take it up"
    assert state(SENT, said("zuid", "done", outcome="x")) == "sent"
    assert state(SENT, said("ggd", "received")) == "received"
    assert state(SENT, said("ggd", "taken_up"), said("ggd", "received")) == "taken_up", "whatever the order"
    assert state(SENT, said("ggd", "done", outcome="Bezocht")) == "done"


def test_a_question_waits_for_who_sent_it_until_it_is_answered() -> None:
    asked = said("ggd", "asked", text="Waar zijn de kinderen?")
    card = fold(log(SENT, said("ggd", "taken_up"), asked))
    assert (card["care_report"]["state"], group("noord", card), group("ggd", card)) == ("asked", "for_us", "by_us")
    assert cared.is_asked(card, "noord")
    answered = fold(log(SENT, said("ggd", "taken_up"), asked, ("noord", "care_report.answered", {"asked": entry_id(3), "answer": "Bij oma"})))
    assert (answered["care_report"]["state"], group("noord", answered)) == ("taken_up", "taken_up")


def test_a_report_waits_for_whom_it_is_for_until_it_is_taken_up() -> None:
    card = fold(log(SENT))
    assert (group("ggd", card), group("noord", card)) == ("for_us", "by_us")
    assert not cared.is_asked(fold(log(SENT, said("ggd", "taken_up"))), "ggd")


def test_of_a_report_that_went_outside_its_sender_writes_down_what_they_hear() -> None:
    outside = ("noord", "care_report.sent", {**{name: WHOLE[name] for name in WHOLE if name != "to"}, "to_name": "Huisarts"})
    card = fold(log(outside))
    [sent] = cared.report_of({"viewer": {"org": "noord"}}, card)["sent"]
    assert (sent["outside"], sent["ours"]) == (True, True)
    assert state(outside, said("noord", "taken_up")) == "taken_up"
    assert notice_of(log(outside)[:1], log(outside)[1]) is None


def test_who_is_sent_a_report_is_on_its_card() -> None:
    assert membership(log(SENT))["organisations"] == ["ggd", "noord"]
    assert membership(log(SENT, ("noord", "card.unshared", {"organisation": "ggd"})))["organisations"] == ["noord"], "and can be taken off it"


def test_nothing_of_what_the_receiver_needs_is_forgotten_silently() -> None:
    assert lacks(WHOLE) == []
    for name in (*VITAL, "children_note"):
        assert lacks({key: value for key, value in WHOLE.items() if key != name}) == [name]
    assert lacks({**WHOLE, "children": "no", "children_note": ""}) == [], "of children who are not there nobody needs to know who they are"
    assert set(VITAL) <= set(KINDS["care_report.sent"]["fields"])


def test_who_hears_what_of_a_report() -> None:
    asked = said("ggd", "asked", text="Waar?")
    answered = ("noord", "care_report.answered", {"asked": entry_id(2), "answer": "Bij oma"})
    entries = log(SENT, asked, answered, said("ggd", "taken_up"), said("ggd", "received"), said("noord", "taken_up"))
    heard = [(one["kind"], one["organisations"]) if one else None for one in (notice_of(entries[:n], entries[n]) for n in range(1, len(entries)))]
    told = "care_report_said"
    assert heard == [("care_report", ["ggd"]), (told, ["noord"]), (told, ["ggd"]), (told, ["noord"]), None, None]


def test_a_report_begins_with_what_its_writer_may_pass_on() -> None:
    write = opened()
    write("noord", "observation.noted", {"does": "Slaat op de deur", "source": "seen"})
    write("noord", "observation.noted", {"does": "Staat op de lijst van het team"}, audience="police")
    write("crisisdienst", "observation.noted", {"used": "Slikt haldol", "ground": "vital_interest"})
    write("noord", "risk.assessed", {"for": "client", "level": "middle", "facts": ["children"], "note": "twee kinderen in de keuken"})
    write("noord", "picture.set", {"problem": "Ruzie thuis"})
    write("noord", "plan.set", {"plan": "Oma haalt de kinderen"})
    told = prefill_report(fold(write.log), WORDS, "noord")
    assert told == {
        "whom": "Man regelt verkeer", "situation": "Ruzie thuis\nCrisisdienst: beoordeling", "facts": told["facts"], "children": "yes",
        "children_note": "twee kinderen in de keuken", "level": "middle", "done": "Oma haalt de kinderen",
    }  # fmt: skip
    assert "Slaat op de deur" in told["facts"]
    assert "lijst" not in told["facts"], "what is for the police alone stays with them"
    assert "haldol" not in told["facts"], "what care shared on a ground is for care to pass on"
    assert "haldol" in prefill_report(fold(write.log), WORDS, "crisisdienst")["facts"]


def test_a_question_goes_on_as_a_report_with_what_was_asked() -> None:
    write = Written()
    write("noord", "card.opened", {"situation": "worry", "place": "Wijk Oost", "type": "consultation"})
    write("noord", "consultation.asked", {"to": "ggd", "text": "Man komt niet meer buiten"})
    assert prefill_report(fold(write.log), WORDS, "noord")["situation"] == "Man komt niet meer buiten\nZorgen van de wijkagent"


def test_the_report_s_card_says_nothing_of_the_card_that_it_was_made_from() -> None:
    told = {**WHOLE, "place": "Lindelaan 4"}
    assert [kind for kind, _, _ in care_report_screen.report_drafts(told)] == ["card.opened", "care_report.sent"]
    assert care_report_screen.made(told, "x") == {"report": "x", "to": "ggd"}
    named = {name for _, body, _ in care_report_screen.report_drafts(told) for name in body}
    assert named == {*WHOLE, "place", "situation", "type"}


@given(
    changed=st.dictionaries(
        st.sampled_from([*KINDS["care_report.sent"]["fields"], "place"]),
        st.sampled_from(["", "ggd", "noord", "yes", "no", "high", "sash", "2026-11-30", "23:00", "true", "Heeft een strafblad", "x" * 250]),
        max_size=6,
    )
)
def test_both_sides_read_a_report_the_same(twin: Twin, changed: dict[str, str]) -> None:
    fields = {name: [text] for name, text in {**WHOLE, "place": "Lindelaan 4", **changed}.items()}
    orgs = {"noord": {"id": "noord"}, "ggd": {"id": "ggd"}}
    seen = {"viewer": {"org": "noord"}, "organisations": orgs, "now": instant_ms("2026-11-25T12:00:00Z")}
    body, errors = care_report_screen.read_care_report(seen, fields)
    assert twin("readCareReport", seen, fields) == [body, errors]


@settings(max_examples=150)
@given(log=logs.logs())
def test_both_sides_begin_a_report_with_the_same(twin: Twin, log: list[Entry]) -> None:
    for org in ("noord", "crisisdienst"):
        ours = prefill_report(fold(log), WORDS, org)
        assert twin("prefillReportOf", log, WORDS, org) == ours
        for field, text in ours.items():
            assert len(text) <= KINDS["care_report.sent"]["fields"][field].get("max", 100)
