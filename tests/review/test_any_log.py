"""Whatever phones make of a card, looking back on it gives an answer, and what it draws is on the paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from card.entry import Entry
from card.fold import fold
from card.gathered import Gathered
from review.against import beginnings, steps
from review.disagreements import disagreements
from review.facts import facts
from review.lanes import lanes
from review.marks import MARKS, marks
from review.period import period
from review.picture import MOST_TICKS, picture, ticks
from review.seen import seen_by_side
from tests.card.logs import BEGIN_MS, logs

DOMAINS = {"noord": "police", "crisisdienst": "care"}
MINUTE_MS = 60_000


@given(logs(), st.integers(-(10**10), 10**10))
def test_every_log_has_facts_marks_lanes_and_a_picture(log: list[Entry], later_ms: int) -> None:
    gathered, now_ms = Gathered(log), BEGIN_MS + later_ms
    begins, ends = period(gathered, now_ms)
    found = facts(gathered, now_ms)
    assert found["minutes"] >= 0
    assert all(wait["minutes"] >= 0 and wait["overdue"] >= 0 for wait in found["waits"])
    assert [name for name in MARKS if name in marks(gathered, now_ms)] == marks(gathered, now_ms)
    for lane in lanes(gathered, now_ms):
        assert all(begins <= bar.begins_ms <= bar.ends_ms <= ends for bars in lane.rows.values() for bar in bars)
    for one in disagreements(gathered, now_ms):
        assert begins <= one.begins_ms <= ends
    drawn = picture(lanes(gathered, now_ms), (begins, ends))
    for bar in (bar for lane in drawn["lanes"] for row in lane["rows"] for bar in row["bars"]):
        assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= 100.001


@given(logs())
def test_at_no_moment_nobody_holds_the_card(log: list[Entry]) -> None:
    """A card is held from its beginning to its end, whoever it is."""
    if not log:
        return
    gathered = Gathered(log)
    begins, ends = period(gathered, BEGIN_MS + 10**10)
    held = sorted((bar.begins_ms, bar.ends_ms) for lane in lanes(gathered, BEGIN_MS + 10**10) for bar in lane.rows["holding"])
    reached = begins
    for begun, ended in held:
        assert begun <= reached
        reached = max(reached, ended)
    assert reached == ends


@given(logs())
def test_a_side_sees_nothing_before_it_was_written_or_was_there(log: list[Entry]) -> None:
    numbered = [{**entry, "seq": seq} for seq, entry in enumerate({entry["id"]: entry for entry in Gathered(log).entries}.values(), 1)]
    received = {entry["id"]: BEGIN_MS + entry["seq"] * MINUTE_MS for entry in numbered}
    seen = seen_by_side(numbered, received, DOMAINS)  # type: ignore[arg-type]
    for entry in numbered:
        other = "care" if DOMAINS.get(entry["org"]) == "police" else "police"
        moment = seen[entry["id"]][other]
        assert moment is None or DOMAINS.get(entry["org"]) == other or moment >= received[entry["id"]]
        assert entry["audience"] in ("all", other) or moment is None or DOMAINS.get(entry["org"]) == other


@given(logs())
def test_a_card_is_laid_beside_its_guide(log: list[Entry]) -> None:
    card = fold(log)
    agreed = [agreement["item"]["body"]["what"] for agreement in card["agreements"]]
    guide = {"id": "x", "title": "x", "steps": [{"text": text, "more": ""} for text in [*agreed, "Doe de deur dicht"]]}
    [laid] = steps([guide], card)
    assert [step["agreement"]["item"]["body"]["what"] for step in laid["steps"][:-1]] != [] or not agreed
    assert laid["steps"][-1]["agreement"] is None
    assert all(one["item"] is None or one["item"]["kind"] == one["kind"] for one in beginnings(card))


@given(st.integers(0, 500 * 24 * 60), st.integers(0, 60 * 24))
def test_the_clock_of_the_picture_is_readable_on_a_phone(minutes: int, offset: int) -> None:
    begins = BEGIN_MS + offset * MINUTE_MS
    found = ticks((begins, begins + minutes * MINUTE_MS))
    assert len(found) <= MOST_TICKS + 1
    assert all(begins <= ms <= begins + minutes * MINUTE_MS for ms in found)
