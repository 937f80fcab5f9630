"""The card as a whole: any entries give a card, with all that the protocol promises, and nothing of the transport in it."""

from __future__ import annotations

import copy
import sys
from types import FrameType
from typing import Any

from card.fold import fold
from card.vocabulary import KINDS
from tests.vectors.make import VECTORS, entry_id, opened

PROMISED = (
    "id", "type", "situation", "place", "about", "opened", "closed", "holders", "present", "risk", "picture", "plan", "requests", "safety",
    "agreements", "report", "transport", "handovers", "alarms", "flags", "timeline",
)  # fmt: skip


def test_nothing_at_all_is_a_card() -> None:
    card = fold([])
    assert set(PROMISED) <= set(card)
    assert (card["id"], card["opened"], card["closed"], card["holders"], card["timeline"]) == (None, None, None, [], [])


def test_the_opening_says_what_the_card_is_about() -> None:
    card = fold(opened().log)
    assert (card["type"], card["situation"], card["place"], card["about"]) == ("incident", "crisis_assessment", "Kruispunt", "Man regelt verkeer")
    assert card["opened"] == {"entry": entry_id(0), "at": opened().log[0]["at"], "by": "p-noord", "org": "noord"}


def test_of_two_openings_the_first_is_what_the_card_is_about_and_both_hold_it() -> None:
    write = opened()
    write("crisisdienst", "card.opened", {"situation": "nuisance", "place": "Elders"})
    card = fold(write.log)
    assert (card["place"], card["holders"]) == ("Kruispunt", ["crisisdienst", "noord"])


def test_a_card_whose_opening_is_missing_is_held_by_everybody_who_wrote() -> None:
    write = opened()
    write("noord", "observation.noted", {"says": "x"})
    write("crisisdienst", "alarm.raised", {})
    card = fold(write.log[1:])
    assert (card["opened"], card["place"], card["holders"]) == (None, None, ["crisisdienst", "noord"])
    assert card["id"] == write.log[0]["card"]


def test_folding_changes_nothing_of_the_entries() -> None:
    for vector in VECTORS:
        log = vector()
        before = copy.deepcopy(log)
        fold(log)
        assert log == before


def test_of_two_contents_under_one_id_the_one_with_the_lowest_number_counts() -> None:
    write = opened()
    note = write("noord", "observation.noted", {"says": "genummerd"})
    copies = [{**write.log[1], "body": {"says": said}, "seq": seq} for said, seq in (("later", 9), ("eerder", 1))]
    unnumbered = {name: value for name, value in write.log[1].items() if name != "seq"} | {"body": {"says": "a"}}
    log = [unnumbered, *write.log, *copies]
    for order in (log, log[::-1]):
        assert [item["body"]["says"] for item in fold(order)["timeline"] if item["id"] == note] == ["eerder"]


def test_what_means_nothing_to_its_subject_stays_in_the_time_line() -> None:
    write = opened()
    write("noord", "risk.assessed", {"level": "high", "acute": True})
    write("noord", "handover.offered", {"to": 7})
    write("noord", "weather.noted", {"rain": True})
    write("noord", "card.closed", {"outcome": " "})
    card = fold(write.log)
    assert [item["kind"] for item in card["timeline"]] == [entry["kind"] for entry in write.log]
    assert (card["duties"], card["handovers"], card["closed"]) == ([], [], None)


def test_a_judgement_keeps_its_meaning_over_a_part_that_decides_nothing() -> None:
    for more in ({"facts": ["meteor"]}, {"facts": "weapon"}, {"note": "x" * 9000}, {"note": 7}):
        write = opened()
        write("noord", "risk.assessed", {"for": "client", "level": "high", "acute": True, **more})
        card = fold(write.log)
        assert (card["risk"]["client"]["level"], card["risk"]["client"]["acute"]) == ("high", True)
        assert [duty["kind"] for duty in card["duties"]] == ["risk"]


def test_links_of_other_systems_may_have_any_name_and_parts_with_a_default_may_be_absent() -> None:
    write = opened()
    write("noord", "handover.offered", {"to": "crisisdienst"}, id="o")
    write("crisisdienst", "handover.accepted", {"offer": "o", "release": True}, id="a")
    write("noord", "alarm.raised", {}, id="b")
    write("noord", "alarm.ended", {"alarm": "b"}, id="c")
    write.log[0]["body"]["situation"] = "some-thing-else"
    for entry in write.log:
        del entry["supersedes"], entry["audience"]
    card = fold(write.log)
    assert (card["holders"], card["duties"], card["situation"]) == (["crisisdienst"], [], "some-thing-else")
    assert {item["audience"] for item in card["timeline"]} == {"all"}


def test_a_body_that_is_no_object_means_nothing_and_stays_in_the_time_line() -> None:
    for body in (None, 7, "x", True, [], [{"level": "high"}]):
        for kind in KINDS:
            write = opened()
            write("noord", kind, {})
            write.log[1]["body"] = body  # type: ignore[typeddict-item]
            card = fold(write.log)
            assert [item["body"] for item in card["timeline"][1:]] == [body]
            assert (card["holders"], card["duties"], card["closed"], card["organisations"]) == (["noord"], [], None, ["noord"])


def test_of_two_copies_the_one_that_json_can_say_counts() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    for unsayable in ("\ud800", float("nan"), float("inf"), 2**70, deep):
        write = opened()
        write("noord", "observation.noted", {"says": "zzz"})
        spoilt: Any = {**write.log[1], "body": {"says": "a", "extra": unsayable}}
        for log in ([*write.log, spoilt], [spoilt, *write.log], [spoilt, *write.log, dict(spoilt)]):
            assert [item["body"] for item in fold(log)["timeline"][1:]] == [{"says": "zzz"}]
        assert len(fold([spoilt, dict(spoilt)])["timeline"]) == 1


def test_ten_times_the_card_takes_about_ten_times_the_steps() -> None:
    """Whatever a card is full of: what would compare all with all takes a hundred times as many."""
    for shape in (questions, answers, offers_back_and_forth, copies):
        assert steps(shape(1000)) < 15 * steps(shape(100)), shape.__name__


def questions(length: int) -> list[Any]:
    write = opened()
    for _ in range(length // 2):
        write("crisisdienst", "safety.answered", {"question": write("crisisdienst", "safety.asked", {"where": "Deur"}), "answer": "go"})
    return write.log


def answers(length: int) -> list[Any]:
    write = opened()
    asked = write("noord", "service.requested", {"service": "crisisdienst", "for": "advice"})
    for _ in range(length):
        write("crisisdienst", "service.acknowledged", {"request": asked})
    return write.log


def offers_back_and_forth(length: int) -> list[Any]:
    write = opened()
    for turn in range(length // 2):
        giver, receiver = ("noord", "crisisdienst")[:: 1 if turn % 2 == 0 else -1]
        write(receiver, "handover.accepted", {"offer": write(giver, "handover.offered", {"to": receiver}), "release": True})
    return write.log


def copies(length: int) -> list[Any]:
    log = answers(length // 2)
    return [*log, *({**entry, "seq": seq} for seq, entry in enumerate(log, start=1))]


def steps(log: list[Any]) -> int:
    """Lines of Python that the fold runs, each time it runs them: no clock, so the same on every machine."""
    taken = 0

    def count(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal taken
        taken += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        fold(log)
    finally:
        sys.settrace(before)
    return taken


def test_an_item_has_nothing_of_the_transport_in_it() -> None:
    write = opened()
    write.log[0] |= {"received": "2026-11-24T18:00:00Z", "hash": "x", "seal": "y"}
    assert fold(write.log)["timeline"][0].keys() == {"id", "kind", "at", "by", "org", "audience", "body", "late", "corrections"}


def test_an_alarm_stands_until_somebody_ends_it() -> None:
    write = opened()
    alarm = write("noord", "alarm.raised", {"note": "Nu"})
    assert [one["ended"] for one in fold(write.log)["alarms"]] == [None]
    assert fold(write.log)["duties"] == [{"entry": alarm, "kind": "alarm", "for": None}]
    ended = write("crisisdienst", "alarm.ended", {"alarm": alarm})
    assert [one["ended"]["id"] for one in fold(write.log)["alarms"]] == [ended]
    assert fold(write.log)["duties"] == []
