"""The server's clock jumps an hour while phones write: forward, back, and back beyond where it was.

Numbers follow the order of arrival and know no clock. What was promised is an instant, and stays that. A phone keeps an order of its own, also when
the server tells it another time.
"""

from __future__ import annotations

import json

from tests.faults.crowd import Crowd, wait_until
from tests.faults.ledger import everything_in
from tests.faults.night import Night
from tests.faults.size import sized

HOUR_MS = 3_600_000
JUMPS = sized((HOUR_MS, 0, -HOUR_MS, 0), (HOUR_MS, 0, -HOUR_MS, 0) * 25)


def test_when_the_clock_of_the_server_jumps_an_hour_phones_go_on_sharing_and_nobody_is_signed_out(night: Night) -> None:
    with Crowd(night.port, listens=True) as crowd:
        first = crowd.phones[0]
        asked = first.write(crowd.cards[0], "service.requested", {"service": "Huisarts", "for": "advice"})
        promised = {"request": asked["id"], "until": "2027-01-01T14:30:00.000Z"}
        first.write(crowd.cards[0], "service.promised", promised)
        wait_until(lambda: not first.outbox, 30)
        for jump in JUMPS:
            night.set_clock(jump)
            crowd.until_acknowledged(25)
        crowd.settle(night.url)
    assert set(crowd.statuses()) == {200}
    _, shown = first.ask("GET", f"/cards/{crowd.cards[0]}.json")
    assert [one["due"] for one in json.loads(shown)["requests"]] == ["2027-01-01T14:30:00.000Z"]
    kept = everything_in(night.url)
    received = [entry["received"] for entry in kept if entry["card"] == crowd.cards[0]]
    assert received != sorted(received), "the clock did not jump"
    for phone in crowd.phones:
        numbered = sorted((entry["seq"], entry["at"]) for entry in kept if entry["by"] == phone.me["person"] and entry["card"] == crowd.cards[0])
        assert [at for _, at in numbered] == sorted(at for _, at in numbered), f"{phone} wrote in another order than its stamps say"
