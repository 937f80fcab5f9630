"""A soak: phones write, ask, listen, go away and come back, for as long as it lasts. What the process weighs does not grow with what it did.

Growth is counted by the thousand calls and not by the minute, so that a short soak says the same as a long one. The first part does not count: what
is made once (pools, caches, templates) is made there.
"""

from __future__ import annotations

import http.client
import time

from tests.cast import OFFICER
from tests.faults.crowd import Crowd, wait_until
from tests.faults.night import Night
from tests.faults.phone import Phone
from tests.faults.size import IN_FULL, sized
from tests.faults.weight import Weight, weight

SECONDS = sized(20, 3600)
WARM_S = sized(8, 300)
KIB_A_THOUSAND_CALLS = sized(4096, 64)
"""An entry that is kept costs the caches something: up to their bounds, which a short soak does not reach."""


def test_an_app_that_goes_on_and_on_grows_neither_in_memory_nor_in_handles_nor_in_threads(night: Night) -> None:
    with Crowd(night.port, pause_s=0.05, listens=True) as crowd:
        guest = Phone(night.port, OFFICER, crowd.ledger)
        begun = weight(night)
        use(crowd, guest, WARM_S)
        warm, calls = weight(night), calls_of(crowd)
        use(crowd, guest, SECONDS)
        after, made = weight(night), calls_of(crowd) - calls
        crowd.settle(night.url, patience_s=sized(60, 600))
    grown = (after.memory_kib - warm.memory_kib) / (made / 1000)
    if IN_FULL:
        print(f"{made} calls; {begun} at the start, {warm} warm, {after} after: {grown:.0f} KiB a thousand calls")
    assert made > SECONDS * 5, "hardly anything was asked"
    assert grown < KIB_A_THOUSAND_CALLS, f"{grown:.0f} KiB a thousand calls: {warm} {after}"
    assert after.threads <= warm.threads + 2, (warm, after)
    wait_until(lambda: is_back(weight(night), begun), 30, lambda: f"handles are kept: {begun} {weight(night)}")
    assert set(crowd.statuses()) == {200}


def use(crowd: Crowd, guest: Phone, seconds: float) -> None:
    """Meanwhile somebody opens pages and streams and goes away without a word."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/", f"/cards/{crowd.cards[0]}", f"/cards/{crowd.cards[1]}/timeline", "/healthz", "/cards/019a0000-0000-7000-8000-000000000000"):
            guest.ask("GET", path)
        leave_a_stream(guest)
        time.sleep(sized(0.3, 1.0))


def leave_a_stream(guest: Phone) -> None:
    """It begins to listen, and is gone."""
    connection = http.client.HTTPConnection("127.0.0.1", guest.port, timeout=20)
    connection.request("GET", "/live", headers=guest.headers())
    assert connection.getresponse().readline() == b": hier\n"
    connection.close()


def calls_of(crowd: Crowd) -> int:
    return sum(crowd.statuses().values())


def is_back(now: Weight, begun: Weight) -> bool:
    """Phones that are there keep a connection each; nobody else does."""
    return now.handles <= begun.handles + 4
