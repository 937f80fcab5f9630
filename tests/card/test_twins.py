"""Two languages, one card: what Python and JavaScript make of the same entries is the same, byte for byte (PROTOCOL, "Fold")."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from card.access import Viewer, may_read, on_card
from card.admission import judge
from card.clock import clock, date, day, minutes_between, to_instant
from card.entry import Entry, Rejected, canonical, parse
from card.fold import fold
from card.form import read_form
from card.hlc import receive, tick
from card.membership import membership
from card.vocabulary import KINDS
from card.waiting import overdue, waited
from tests.card import logs
from tests.card.conftest import Twin


def said(value: object) -> str:
    return canonical(value).decode()


def told(judged: Entry | Rejected) -> dict[str, str | None]:
    """What counts of a verdict; its message is for people and may differ."""
    return {"rejected": judged.code, "field": judged.field} if isinstance(judged, Rejected) else {"entry": said(judged)}


@settings(max_examples=250)
@given(log=logs.logs())
def test_both_folds_give_the_same_card(twin: Twin, log: list[Entry]) -> None:
    assert twin("fold", log) == said(fold(log))


@given(log=logs.logs(), data=st.data())
def test_order_and_duplicates_never_matter(log: list[Entry], data: st.DataObject) -> None:
    again = [*log, *(data.draw(st.lists(st.sampled_from(log), max_size=4)) if log else [])]
    assert said(fold(data.draw(st.permutations(again)))) == said(fold(log))


@given(log=logs.logs(), data=st.data())
def test_other_clocks_never_change_who_holds_the_card_how_great_the_risk_is_or_what_is_open(log: list[Entry], data: st.DataObject) -> None:
    once = list({entry["id"]: entry for entry in log}.values())
    clocks = data.draw(st.permutations([entry["at"] for entry in once]) | st.just(["1795486000000-0000-00000000"] * len(once)))
    moved: list[Any] = [{**entry, "at": at} for entry, at in zip(once, clocks, strict=True)]
    before, after = fold(once), fold(moved)
    assert after["holders"] == before["holders"]
    assert after["duties"] == before["duties"]
    assert (after["closed"] is None) == (before["closed"] is None)
    for whom in ("professional", "client", "surroundings"):
        assert {**after["risk"][whom], "heads": None} == {**before["risk"][whom], "heads": None}


@given(log=logs.logs())
def test_somebody_holds_the_card_from_the_first_entry_on(log: list[Entry]) -> None:
    for length in range(1, len(log) + 1):
        assert fold(log[:length])["holders"] != []
    assert fold([])["holders"] == []


@given(log=logs.logs())
def test_every_entry_is_in_the_time_line_once(log: list[Entry]) -> None:
    assert sorted(item["id"] for item in fold(log)["timeline"]) == sorted({entry["id"] for entry in log})


@given(log=logs.logs(), data=st.data())
def test_both_know_the_same_members_and_readers(twin: Twin, log: list[Entry], data: st.DataObject) -> None:
    members = membership(log)
    assert twin("membership", log) == members
    viewer = Viewer(data.draw(st.sampled_from(logs.PEOPLE)), data.draw(st.sampled_from(logs.ORGANISATIONS)), "care", "member", "7f3a9c21")
    assert twin("onCard", vars(viewer), members) == on_card(viewer, members)
    for entry in log:
        assert twin("mayRead", vars(viewer), members, entry) == may_read(viewer, members, entry)


@settings(max_examples=150)
@given(log=logs.logs(), data=st.data())
def test_a_body_of_any_json_leaves_both_with_the_same_card(twin: Twin, log: list[Entry], data: st.DataObject) -> None:
    spoilt: list[Any] = [{**entry, "body": data.draw(logs.plain_json)} if data.draw(st.booleans()) else entry for entry in log]
    card = fold(spoilt)
    assert twin("fold", spoilt) == said(card)
    assert bool(card["holders"]) == bool(log)


odd_texts = st.text(max_size=8) | st.sampled_from(
    ["\ud800", "\udc00\ud800", "a\0b", "\\u0000", "\u2028", "\x7f", "\u00a0", "0", "__proto__", "\U0001f600"]
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([2**53, 2**53 - 1, -(2**53), 1e21, 1e-7, -0.0, 5e-324]) | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def hand_ins(draw: st.DrawFn) -> Any:
    """What somebody might send: an entry, one with a part that is missing or odd, or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(any_json)
    kind = draw(st.sampled_from(sorted(KINDS)))
    entry: dict[str, Any] = dict(draw(logs.entries(kind, logs.IDS[0], {kind: list(logs.IDS[:2])})))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.sampled_from([entry, entry["body"]])) if isinstance(entry.get("body"), dict) else entry
        names = st.sampled_from([*(place or ["x"]), "seq", "seal", *KINDS[kind]["fields"]]) | odd_texts
        name = draw(names)
        if draw(st.booleans()):
            place[name] = draw(any_json)
        else:
            place.pop(name, None)
    return entry


def as_written(value: Any) -> Any:
    """The value as a server reads it: JSON knows no NaN, and Python writes one that JavaScript refuses to read."""
    return json.loads(json.dumps(value, allow_nan=False))


def is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@given(log=logs.logs(), bodies=st.lists(any_json.filter(is_json), min_size=1, max_size=3), data=st.data())
def test_what_no_canonical_json_can_say_still_gives_a_card_in_both(twin: Twin, log: list[Entry], bodies: list[Any], data: st.DataObject) -> None:
    one = data.draw(logs.entries("observation.noted", logs.IDS[0], {"observation.noted": list(logs.IDS[:2])}))
    spoilt: list[Any] = [*log, *({**one, "body": body} for body in bodies for _ in range(2))]
    assert twin("placesInTimeLine", spoilt) == [item["id"] for item in fold(spoilt)["timeline"]]


@settings(max_examples=400)
@given(raw=hand_ins().filter(is_json))
def test_both_take_and_refuse_the_same_entries(twin: Twin, raw: Any) -> None:
    assert twin("parse", raw) == told(parse(as_written(raw)))


@settings(max_examples=150)
@given(raw=hand_ins().filter(is_json), opened=st.booleans(), late_ms=st.integers(-10 * 3_600_000, 10 * 3_600_000), data=st.data())
def test_both_let_the_same_people_write_the_same_entries(twin: Twin, raw: Any, opened: bool, late_ms: int, data: st.DataObject) -> None:
    mine = raw if isinstance(raw, dict) and all(isinstance(raw.get(name), str) for name in ("by", "org")) else {"by": "jan", "org": "noord"}
    viewer = Viewer(data.draw(st.sampled_from(["kees", mine["by"]])), mine["org"], "police", "member", "7f3a9c21")
    members: Any = {"organisations": data.draw(st.lists(st.sampled_from([mine["org"], "dehaven"]))), "persons": ["jan"]}
    now = logs.BEGIN_MS + late_ms
    if not is_well_formed(vars(viewer)):
        return
    assert twin("judge", vars(viewer), opened, members, raw, now) == told(judge(viewer, opened, members, as_written(raw), now))


def is_well_formed(value: Any) -> bool:
    try:
        canonical(value)
    except ValueError:
        return False
    return True


def test_both_refuse_what_json_cannot_hold_and_never_break(twin: Twin) -> None:
    deep = "[" * 500 + "]" * 500
    huge = "1" + "0" * 400
    for text in (
        deep,
        f'{{"body": {deep}}}',
        "1e400",
        huge,
        f'{{"a": {huge}}}',
        '{"a": 1e400}',
        '{"a": 9007199254740993}',
        '"\\ud800"',
        '{"\\ud800": 1}',
    ):
        assert twin("parseText", text) == told(parse(json.loads(text))), text


@given(
    value=st.recursive(
        st.none() | st.booleans() | logs.safe_numbers | logs.texts, lambda inner: st.lists(inner) | st.dictionaries(logs.texts, inner), max_leaves=12
    )
)
def test_both_write_the_same_canonical_json(twin: Twin, value: Any) -> None:
    assert twin("canonical", value) == said(value)


typed = st.sampled_from(
    ["14:30", "9.05", "2530", "0230", " 23:59 ", "2026-11-24T14:30Z", "true", "false", "on", "police", "high", "4.5", "-180", "1e3", "jan", " "]
) | st.text(max_size=6)


@settings(max_examples=150)
@given(kind=st.sampled_from(sorted(KINDS)), data=st.data(), now=st.integers(logs.BEGIN_MS - 10**11, logs.BEGIN_MS + 10**11))
def test_both_read_the_same_from_a_form(twin: Twin, kind: str, data: st.DataObject, now: int) -> None:
    asked = [*KINDS[kind]["fields"], "override.reason", "override.duties", "constructor"]
    choices = sorted({choice for field in KINDS[kind]["fields"].values() for choice in field.get("choices", ())})
    texts = typed | st.sampled_from([*choices, *logs.IDS[:2]])
    fields = data.draw(st.dictionaries(st.sampled_from(asked), st.lists(texts, max_size=2), max_size=6))
    assert twin("readForm", kind, fields, now) == list(read_form(kind, fields, now))


# The minutes around both changes of a year, and any moment of the century.
CHANGES = tuple(ms for ms in (1_774_746_000_000, 1_792_890_000_000, 1_711_846_800_000, 1_729_990_800_000))
moments = st.builds(
    lambda change, minutes, ms: change + minutes * 60_000 + ms, st.sampled_from(CHANGES), st.integers(-1600, 1600), st.integers(0, 59_999)
) | st.integers(0, 4_102_444_800_000)


@settings(max_examples=300)
@given(
    now=moments,
    hour=st.integers(0, 25),
    minute=st.integers(0, 61),
    shape=st.sampled_from(["{:02d}:{:02d}", "{}:{:02d}", "{:02d}.{:02d}", "{:02d}{:02d}", " {:02d}:{:02d}\n"]),
)
def test_both_understand_the_same_clock_times_also_when_the_clock_is_changed(twin: Twin, now: int, hour: int, minute: int, shape: str) -> None:
    text = shape.format(hour, minute)
    instant = to_instant(text, now)
    assert twin("toInstant", text, now) == instant
    if instant is not None:
        assert (twin("clock", instant), twin("day", instant)) == (clock(instant), day(instant))
        assert twin("minutesBetween", instant, now) == minutes_between(instant, now)


@given(now=moments | st.integers(0, 9_999_999_999_999), instant=logs.instants)
def test_both_show_the_same_clock_and_day(twin: Twin, now: int, instant: str) -> None:
    for moment in (f"{now:013d}-0003-7f3a9c21", instant):
        assert (twin("clock", moment), twin("day", moment), twin("date", moment)) == (clock(moment), day(moment), date(moment))
        assert twin("minutesBetween", moment, now) == minutes_between(moment, now)


@given(last=st.none() | logs.stamps, seen=logs.stamps, now=st.integers(logs.BEGIN_MS - 10**7, logs.BEGIN_MS + 10**7), full=st.booleans())
def test_both_give_the_same_next_stamp(twin: Twin, last: str | None, seen: str, now: int, full: bool) -> None:
    if full and last:
        last = f"{last[:14]}ffff{last[18:]}"
    assert twin("tick", last, now, "7f3a9c21") == tick(last, now, "7f3a9c21")
    assert twin("receive", last, seen, now, "7f3a9c21") == receive(last, seen, now, "7f3a9c21")


@given(asked=logs.stamps, ended=st.none() | logs.stamps, due=logs.instants, minutes=st.integers(-200, 2000), ms=st.integers(0, 59_999))
def test_both_count_the_same_minutes_of_waiting(twin: Twin, asked: str, ended: str | None, due: str, minutes: int, ms: int) -> None:
    request = {"asked": asked, "ended": ended, "due": due, "waiting": ended is None, "agreed": [30, 45, 60]}
    now = logs.BEGIN_MS + minutes * 60_000 + ms
    assert twin("waited", request, now) == waited(request, now)
    assert twin("overdue", request, now) == overdue(request, now)
