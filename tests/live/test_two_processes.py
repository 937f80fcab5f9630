"""Any number of processes: a phone writes to one and listens to another, and no session sticks to either."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.cast import OFFICER, OFFICER_SOUTH, TRIAGIST
from tests.http.test_real_server import AT_ONCE_S, Caller, Ear, numbers_given
from tests.live.pair import Pair, pair


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("two")) as found:
        yield found


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_signed_in_at_one_is_signed_in_at_the_other(two: Pair) -> None:
    caller = Caller(two.ports[0], OFFICER)
    card = caller.open_card()
    elsewhere = caller.at(two.ports[1])
    assert {**elsewhere.me, "clock": ""} == {**caller.me, "clock": ""}
    entry = elsewhere.entry(card, "observation.noted", {"does": "Iets"})
    assert elsewhere.sync([entry])["accepted"] == {entry["id"]: 2}


def test_many_phones_write_to_both_and_every_stream_at_either_hears_every_number(two: Pair) -> None:
    writers = [Caller(port, account) for account in (OFFICER, OFFICER_SOUTH, TRIAGIST) for port in two.ports]
    card = writers[0].open_card("zuid", "crisisdienst")
    ears = [Caller(port, account).listen() for account in (OFFICER_SOUTH, TRIAGIST) for port in two.ports]
    expected = list(range(4, 4 + 12 * len(writers)))
    assert numbers_given(writers, card, after=3) == expected
    until(lambda: all(set(expected) <= set(ear.numbers) for ear in ears))


def test_what_the_other_process_wrote_on_two_cards_in_turn_comes_in_that_order(two: Pair) -> None:
    """Out of the memory of the one that did not write it: a stream there has heard all of it."""
    officer = Caller(two.ports[0], OFFICER)
    elsewhere = officer.at(two.ports[1])
    cards = [officer.open_card(), officer.open_card()]
    ear = elsewhere.listen()
    written = []
    for turn in range(6):
        entry = officer.entry(cards[turn % 2], "observation.noted", {"does": str(turn)})
        officer.sync([entry])
        written.append(entry["id"])
        time.sleep(0.01)
    until(lambda: sorted(ear.numbers)[-6:] == [2, 2, 3, 3, 4, 4])
    entries = elsewhere.sync([], have=dict.fromkeys(cards, 1))["entries"]
    assert [entry["id"] for entry in entries if entry["card"] in cards] == written


def test_who_signs_out_at_one_hears_nothing_more_at_the_other(two: Pair) -> None:
    caller = Caller(two.ports[0], OFFICER)
    ear = caller.at(two.ports[1]).listen()
    caller.sign_out()
    until(lambda: ear.ended_at > 0)


def test_a_process_that_is_killed_takes_nothing_along_and_one_that_stops_lets_go_at_once(two: Pair) -> None:
    officer, triagist = Caller(two.ports[0], OFFICER), Caller(two.ports[1], TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear: Ear = triagist.listen()
    entries = [officer.entry(card, "observation.noted", {"does": f"Stap {turn}"}) for turn in range(20)]
    assert len(officer.sync(entries)["accepted"]) == 20
    two.served[0].kill()
    until(lambda: set(range(3, 23)) <= set(ear.numbers))
    more = triagist.entry(card, "observation.noted", {"does": "Alleen verder"})
    assert triagist.sync([more])["accepted"] == {more["id"]: 23}
    two.served[0].start()
    again = Caller(two.ports[0], OFFICER)
    assert again.me["epoch"] == officer.me["epoch"]
    late = again.listen()
    word = triagist.entry(card, "observation.noted", {"does": "Weer samen"})
    triagist.sync([word])
    until(lambda: 24 in late.numbers)
    asked = time.monotonic()
    two.served[0].stop()
    until(lambda: late.ended_at > 0)
    assert late.ended_at - asked < AT_ONCE_S
    two.served[0].start()
