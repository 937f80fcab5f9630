"""A network that loses three packets in ten, is slow, and cuts connections in the middle of an answer: for calls and for streams."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults.bad_wire import BadWire
from tests.faults.crowd import Crowd, wait_until
from tests.faults.ledger import everything_in
from tests.faults.night import Night
from tests.faults.size import sized

DELAY_S = sized(0.4, 2.0)
SECONDS = sized(8, 300)


@pytest.fixture
def bad_wire(night: Night) -> Iterator[BadWire]:
    wire = BadWire(night.port, loss=0.0, delay_s=0.0, breaks=0.0)
    yield wire
    wire.close()


def test_over_a_network_that_loses_delays_and_cuts_everything_arrives_once(night: Night, bad_wire: BadWire) -> None:
    # Who writes faster has soon more to hand in than such a network carries in one piece.
    with Crowd(bad_wire.port, pause_s=0.5, listens=True, patience_s=10 + DELAY_S * 10) as crowd:
        bad_wire.loss, bad_wire.delay_s, bad_wire.breaks = 0.3, DELAY_S, 0.1
        time.sleep(SECONDS)
        wait_until(lambda: not missing(bad_wire, crowd), 90, lambda: f"no bad night, without {missing(bad_wire, crowd)}: {crowd.statuses()}")
        crowd.hush()
        bad_wire.mend_for_good()
        wait_until(lambda: not any(phone.outbox for phone in crowd.phones), 60)
        crowd.settle(night.url)
    assert set(crowd.statuses()) == {200}


def missing(bad_wire: BadWire, crowd: Crowd) -> list[str]:
    """What of all that this network does to people was not done to them yet; streams must bring something all the same."""
    did = {what: bad_wire.did[what] for what in ("lost", "given up", "cut in an answer")}
    did |= {"a call without an answer": crowd.lost(), "an entry on a stream": sum(phone.heard for phone in crowd.phones)}
    did |= {"acknowledged": len(crowd.ledger.numbers) // 20}
    return [what for what, times in did.items() if not times]


def test_answers_that_always_break_off_in_the_middle_make_no_entry_twice(night: Night, bad_wire: BadWire) -> None:
    """The server took it in, the phone does not know: it hands in the same, again and again, until it hears."""
    with Crowd(bad_wire.port, pause_s=sized(0.1, 0.5)) as crowd:
        bad_wire.breaks = 1.0
        wait_until(lambda: crowd.lost() >= sized(15, 1000), 600)
        acknowledged, cut = len(crowd.ledger.numbers), bad_wire.did["cut in an answer"]
        taken = len(everything_in(night.url))
        crowd.hush()
        bad_wire.mend_for_good()
        crowd.settle(night.url)
    assert cut > 0
    assert taken > acknowledged, "every phone knew of everything that the server had taken: nothing went twice"
    assert set(crowd.statuses()) == {200}
