"""Nagekomen: what reached a closed card after its closing; shown as late, and deciding nothing."""

from __future__ import annotations

from card.fold import fold
from tests.vectors.make import Written, opened


def closed() -> Written:
    write = opened()
    write("noord", "card.closed", {"outcome": "Naar huis"})
    return write


def late(write: Written) -> list[str]:
    return [item["id"] for item in fold(write.log)["timeline"] if item["late"]]


def test_on_an_open_card_nothing_is_late() -> None:
    write = opened()
    write("noord", "observation.noted", {"says": "x"}, seq=None)
    assert late(write) == []


def test_the_server_s_number_says_what_came_after_and_not_the_clock() -> None:
    write = closed()
    after = write("crisisdienst", "observation.noted", {"says": "Al om zeven uur gezien"}, minute=-60)
    assert late(write) == [after]
    assert [flag["flag"] for flag in fold(write.log)["flags"]] == ["late_entries"]


def test_what_came_before_the_closing_is_not_late_whatever_its_clock_says() -> None:
    write = opened()
    write("crisisdienst", "observation.noted", {"says": "x"}, minute=600)
    write("noord", "card.closed", {"outcome": "Naar huis"})
    assert late(write) == []


def test_what_is_not_shared_yet_comes_after_a_closing_that_is() -> None:
    write = closed()
    unshared = write("crisisdienst", "observation.noted", {"says": "x"}, minute=0, seq=None)
    assert late(write) == [unshared]


def test_without_numbers_the_stamps_say_it() -> None:
    write = opened()
    write("noord", "observation.noted", {"says": "eerder"}, minute=1, seq=None)
    write("noord", "card.closed", {"outcome": "Naar huis"}, minute=2, seq=None)
    later = write("noord", "observation.noted", {"says": "later"}, minute=3, seq=None)
    assert late(write) == [later]


def test_a_late_entry_still_says_what_it_says() -> None:
    write = closed()
    write("crisisdienst", "risk.assessed", {"for": "client", "level": "middle"})
    card = fold(write.log)
    assert (card["closed"] is not None, card["risk"]["client"]["level"]) == (True, "middle")
    assert card["risk"]["client"]["heads"][0]["late"] is True


def test_of_two_closings_the_first_one_that_names_all_counts() -> None:
    write = closed()
    write("crisisdienst", "card.closed", {"outcome": "Ook gesloten"})
    card = fold(write.log)
    assert card["closed"]["outcome"] == "Naar huis"
    assert late(write) == [write.log[-1]["id"]]
