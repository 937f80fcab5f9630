"""A soak: phones write, ask, listen, go away and come back, for as long as it lasts. What the process weighs does not grow with what it did.

Growth is counted by the thousand calls and not by the minute, so that a short soak says the same as a long one. What is made once (pools, templates)
is made before the counting begins. What the app keeps of the last entries (store/memory.py) grows up to a bound; so a soak asks much, writes little,
and lets that have its share.
"""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter

from tests.cast import OFFICER
from tests.faults.crowd import Crowd, wait_until
from tests.faults.night import Night
from tests.faults.phone import Phone
from tests.faults.size import IN_FULL, sized
from tests.faults.weight import Weight, weight

SECONDS = sized(20, 3600)
WARM_S = sized(10, 300)
KIB_A_THOUSAND_CALLS = sized(1024, 64)
KEPT_LATELY_KIB = sized(6, 80) * 1024
ENTRIES_A_CARD = 150


class Guest:
    """Somebody who looks at everything, and begins to listen and is gone without a word."""

    def __init__(self, night: Night, crowd: Crowd) -> None:
        self.crowd, self.statuses = crowd, Counter[int]()
        self.phone = Phone(night.port, OFFICER, crowd.ledger)
        self.written = 0

    def look(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.turn()

    def turn(self) -> None:
        cards = self.crowd.cards
        for path in ("/", f"/cards/{cards[0]}", f"/cards/{cards[1]}/timeline", "/me.json", "/cards/019a0000-0000-7000-8000-000000000000"):
            self.statuses[self.phone.ask("GET", path)[0]] += 1
        for _ in range(10):
            asked = {"epoch": self.phone.epoch, "have": {cards[0]: 1}, "entries": [{"no": "entry"}]}
            self.statuses[self.phone.ask("POST", "/sync", json.dumps(asked).encode())[0]] += 1
        self.listen()
        if len(self.crowd.ledger.written) - self.written > 2 * ENTRIES_A_CARD:
            self.written = len(self.crowd.ledger.written)
            self.crowd.turn_over()

    def listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.phone.port, timeout=20)
        connection.request("GET", "/live", headers=self.phone.headers())
        answer = connection.getresponse()
        assert answer.readline() == b": hier\n"
        self.statuses[answer.status] += 1
        connection.close()


def test_an_app_that_goes_on_and_on_grows_neither_in_memory_nor_in_handles_nor_in_threads(night: Night) -> None:
    with Crowd(night.port, pause_s=0.5, listens=True) as crowd:
        guest = Guest(night, crowd)
        guest.look(WARM_S)
        warm, calls = weight(night), guest.statuses.total()
        guest.look(SECONDS)
        after, made = weight(night), guest.statuses.total() - calls
        crowd.settle(night.url, patience_s=sized(60, 600))
    grown = after.memory_kib - warm.memory_kib
    if IN_FULL:
        print(f"{made} calls and {len(crowd.ledger.written)} entries; {warm} warm, {after} after")
    assert made > SECONDS * 10, f"hardly anything was asked: {made}"
    assert set(guest.statuses) == {200, 404}
    assert set(crowd.statuses()) == {200}
    assert grown < KEPT_LATELY_KIB + KIB_A_THOUSAND_CALLS * made / 1000, f"{grown} KiB in {made} calls: {warm} {after}"
    assert after.threads <= warm.threads + 4, (warm, after)
    wait_until(lambda: is_back(weight(night), warm), 30, lambda: f"handles are kept: {warm} {weight(night)}")


def is_back(now: Weight, warm: Weight) -> bool:
    """Nobody listens any more, and who asked is done: what is open now was open before."""
    return now.handles <= warm.handles
