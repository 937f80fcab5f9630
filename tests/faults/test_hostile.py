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
REACHED = sized(0.1, 0.9)
"""Which part of the rate must have been sent: in full it is what is promised, in small the machine may be busy with other tests."""


def test_hostile_requests_beside_normal_use_take_nothing_from_anybody(night: Night) -> None:
    with Crowd(night.port, pause_s=0.1, listens=True) as crowd:
        attacker = Phone(night.port, OFFICER, crowd.ledger)
        crowd.until_acknowledged(40)
        alone = max(phone_took(phone, 0) for phone in crowd.phones)
        with Hostile(night.port, attacker.cookies["session"], A_SECOND, HALVES, hands=sized(4, 32)) as flood:
            assert len(flood.held) == HALVES
            wait_until(lambda: flood.tally.sent > 100, 60)
            before, begun = weight(night), [len(phone.took_s) for phone in crowd.phones]
            acknowledged, sent, started = len(crowd.ledger.numbers), flood.tally.sent, time.monotonic()
            time.sleep(SECONDS)
            a_second = (flood.tally.sent - sent) / (time.monotonic() - started)
            flooded = max(phone_took(phone, since) for phone, since in zip(crowd.phones, begun, strict=True))
            got_on = len(crowd.ledger.numbers) - acknowledged
            after = weight(night)
        crowd.settle(night.url)
    statuses = flood.tally.statuses
    assert {status for status in statuses if status >= 500} == set(), statuses
    assert a_second > A_SECOND * REACHED, f"{a_second:.0f} a second is not the flood that this is about: {statuses}"
    assert "Error handling request" not in night.log(), "something failed outside of what answers mistakes"
    assert len(statuses) > 3, f"the flood is of one kind: {statuses}"
    assert got_on > SECONDS * 5, "phones hardly got on"
    assert set(crowd.statuses()) == {200}
    assert flooded < 10, f"nine in ten calls took at most {flooded:.2f} s in the flood, and {alone:.2f} s before it"
    assert after.memory_kib - before.memory_kib < sized(40, 150) * 1024, (before, after)
    wait_until(lambda: weight(night).handles < before.handles - HALVES / 2, 30, lambda: f"connections are kept: {weight(night)}")
    if IN_FULL:
        print(f"{a_second:.0f} a second: {flood.tally.sent} sent, {statuses}")
        print(f"calls of phones p90 {alone:.3f} s before, {flooded:.3f} s in it; {before} {after}")


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


@pytest.mark.parametrize("path", ["/sync", "/login"])
def test_who_sends_a_byte_at_a_time_is_cut_off_and_who_then_sends_properly_is_not(tmp_path: Path, path: str) -> None:
    """Never silent for long, and never done. Two calls over one connection: the second has its own time."""
    night = on_sqlite(tmp_path / "data")
    night.settings["BODY_S"] = "2"
    for _ in running(night):
        session = Phone(night.port, OFFICER, Ledger()).cookies["session"]
        kind = "application/json" if path == "/sync" else "application/x-www-form-urlencoded"
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={session}\r\nContent-Type: {kind}\r\nContent-Length: "
        with socket.create_connection(("127.0.0.1", night.port), timeout=20) as connection:
            for _call in range(2):
                connection.sendall(f"{head}2\r\n\r\n".encode() + b"{}")
                time.sleep(1.2)
                assert connection.recv(1_000_000).startswith(b"HTTP/1.1 ")
            connection.sendall(f"{head}9000\r\n\r\n".encode())
            connection.settimeout(0.1)
            began, answer = time.monotonic(), b""
            while not answer and time.monotonic() - began < 15:
                try:
                    connection.sendall(b"{")
                    answer = connection.recv(100)
                except TimeoutError:
                    continue
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert 1.5 < time.monotonic() - began < 10


def phone_took(phone: Phone, since: int) -> float:
    """Nine in ten of its calls took no longer."""
    took = sorted(phone.took_s[since:])
    assert took, f"{phone} got no answer"
    return took[int(len(took) * 0.9)]

