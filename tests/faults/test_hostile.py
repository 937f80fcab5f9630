"""A flood of malformed and hostile requests beside normal use: phones go on sharing, no request makes the app fail, and its memory stays bounded."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.cast import OFFICER
from tests.faults.crowd import Crowd, wait_until
from tests.faults.hostile import Hostile
from tests.faults.ledger import Ledger
from tests.faults.night import Night, on_sqlite, running
from tests.faults.phone import Phone
from tests.faults.size import IN_FULL, sized
from tests.faults.weight import weight

A_SECOND = sized(100, 1000)
SECONDS = sized(10, 120)
HALVES = sized(200, 2000)


def test_hostile_requests_beside_normal_use_take_nothing_from_anybody(night: Night) -> None:
    with Crowd(night.port, pause_s=0.1, listens=True) as crowd:
        attacker = Phone(night.port, OFFICER, crowd.ledger)
        crowd.until_acknowledged(40)
        alone = max(phone_took(phone, 0) for phone in crowd.phones)
        with Hostile(night.port, attacker.cookies["session"], A_SECOND, HALVES, hands=sized(4, 32)) as flood:
            assert len(flood.held) == HALVES
            wait_until(lambda: flood.sent > 100, 60)
            before, begun = weight(night), [len(phone.took_s) for phone in crowd.phones]
            acknowledged = len(crowd.ledger.numbers)
            time.sleep(SECONDS)
            flooded = max(phone_took(phone, since) for phone, since in zip(crowd.phones, begun, strict=True))
            got_on = len(crowd.ledger.numbers) - acknowledged
            after = weight(night)
        crowd.settle(night.url)
    assert {status for status in flood.statuses if status >= 500} == set(), flood.statuses
    assert flood.statuses.total() > A_SECOND * SECONDS / 10, f"the flood was none: {flood.statuses}"
    assert "Error handling request" not in night.log(), "something failed outside of what answers mistakes"
    assert len(flood.statuses) > 3, f"the flood is of one kind: {flood.statuses}"
    assert got_on > SECONDS * 5, "phones hardly got on"
    assert set(crowd.statuses()) == {200}
    assert flooded < 10, f"nine in ten calls took at most {flooded:.2f} s in the flood, and {alone:.2f} s before it"
    assert after.memory_kib - before.memory_kib < sized(40, 150) * 1024, (before, after)
    wait_until(lambda: weight(night).handles < before.handles - HALVES / 2, 30, lambda: f"connections are kept: {weight(night)}")
    if IN_FULL:
        print(f"{flood.sent} sent, {flood.statuses}; calls of phones p90 {alone:.3f} s before, {flooded:.3f} s in it; {before} {after}")


@pytest.mark.parametrize("path", ["/sync", "/login"])
def test_who_begins_to_send_something_and_falls_silent_keeps_nobody_waiting(tmp_path: Path, path: str) -> None:
    night = on_sqlite(tmp_path / "data")
    night.settings["SILENCE_S"] = "1"
    for _ in running(night):
        session = Phone(night.port, OFFICER, Ledger()).cookies["session"]
        with socket.create_connection(("127.0.0.1", night.port), timeout=20) as connection:
            kind = "application/json" if path == "/sync" else "application/x-www-form-urlencoded"
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={session}\r\nContent-Type: {kind}\r\nContent-Length: 9000\r\n\r\n"
            connection.sendall(head.encode() + b"{")
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def phone_took(phone: Phone, since: int) -> float:
    """Nine in ten of its calls took no longer."""
    took = sorted(phone.took_s[since:])
    assert took, f"{phone} got no answer"
    return took[int(len(took) * 0.9)]

