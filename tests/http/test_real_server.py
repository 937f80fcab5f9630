"""The server as it runs (gunicorn, gevent, SQLite): many phones at once, streams, stopping, and being killed in the middle of writing."""

from __future__ import annotations

import http.client
import json
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from store import demo
from tests.cast import DOCTOR, OFFICER, OFFICER_SOUTH, TRIAGIST, new_id
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService
from tests.stories.served import Served, copied

MINUTE_MS = 60_000
AT_ONCE_S = 6
"""On a machine that others use too. A stream that waits for the end of the server is there three times as long (blueprints/ending.py `LONGEST_S`)."""


class Caller:
    """A signed-in device on a socket of its own."""

    def __init__(self, port: int, account: str) -> None:
        self.port, self.cookies = port, dict[str, str]()
        self.connection = self.connect(20)
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", "/login").decode())
        assert token
        fields = urlencode({"email": account, "password": demo.PASSWORD, "csrf_token": token.group(1)})
        self.ask("POST", "/login", fields.encode(), "application/x-www-form-urlencoded")
        self.me: dict[str, Any] = json.loads(self.ask("GET", "/me.json"))
        self.counter = 0

    def connect(self, patience_s: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_s)

    def at(self, port: int) -> Caller:
        """The same device in the same session, at another process."""
        other = copy(self)
        other.port = port
        other.connection = other.connect(20)
        other.me = json.loads(other.ask("GET", "/me.json"))
        return other

    def sign_out(self) -> None:
        self.ask("POST", "/logout", b"lang=nl", "application/x-www-form-urlencoded")

    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        self.connection.request(method, path, body, self.headers() | ({"Content-Type": kind} if body else {}))
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, said = value.partition(";")[0].partition("=")
                self.cookies[cookie] = said
        content = answer.read()
        assert answer.status < 400, (path, answer.status, content)
        return content

    def entry(self, card: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        self.counter += 1
        at = f"{int(time.time() * 1000):013d}-{self.counter:04x}-{self.me['device']}"
        mine = {"by": self.me["person"], "org": self.me["org"], "device": self.me["device"]}
        return {"id": new_id(), "card": card, "kind": kind, "at": at, **mine, "audience": "all", "supersedes": [], "body": body}

    def sync(self, entries: list[dict[str, Any]], have: dict[str, int] | None = None) -> dict[str, Any]:
        asked = {"epoch": self.me["epoch"], "have": have or {}, "entries": entries}
        said: dict[str, Any] = json.loads(self.ask("POST", "/sync", json.dumps(asked).encode()))
        return said

    def open_card(self, *invited: str) -> str:
        card = new_id()
        opening = self.entry(card, "card.opened", {"situation": "crisis_assessment", "place": "Kruispunt"})
        shares = [self.entry(card, "card.shared", {"organisation": organisation}) for organisation in invited]
        assert self.sync([opening, *shares])["rejected"] == {}
        return card

    def listen(self) -> Ear:
        return Ear(self)


class Ear:
    """A stream, read in a thread of its own: the numbers it brought, and when it ended."""

    def __init__(self, caller: Caller) -> None:
        self.connection = caller.connect(30)
        self.connection.request("GET", "/live", headers=caller.headers())
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        assert self.answer.readline().startswith(b":")
        self.numbers: list[int] = []
        self.ended_at = 0.0
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while line := self.answer.readline():
            if line.startswith(b"data:"):
                self.numbers += [entry["seq"] for entry in json.loads(line[5:])["entries"]]
        self.ended_at = time.monotonic()


@pytest.fixture
def running(demo_folder: Path, tmp_path: Path) -> Iterator[Served]:
    served = Served(copied(demo_folder, tmp_path / "data")).start()
    yield served
    served.kill()


def at_once(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def numbers_given(writers: list[Caller], card: str, after: int) -> list[int]:
    """Each writes a dozen entries, all at once: which numbers these got."""
    given: list[int] = []

    def write(caller: Caller) -> None:
        for turn in range(12):
            entry = caller.entry(card, "observation.noted", {"does": f"Stap {turn}"})
            given.append(caller.sync([entry], {card: after})["accepted"][entry["id"]])

    at_once([lambda caller=caller: write(caller) for caller in writers])
    return sorted(given)


def test_many_phones_write_at_once_and_every_stream_hears_every_number_in_order(running: Served) -> None:
    writers = [Caller(running.port, account) for account in (OFFICER, OFFICER_SOUTH, TRIAGIST) for _ in range(2)]
    card = writers[0].open_card("zuid", "crisisdienst")
    ears = [Caller(running.port, account).listen() for account in (OFFICER_SOUTH, TRIAGIST)]
    expected = list(range(4, 4 + 12 * len(writers)))
    assert numbers_given(writers, card, after=3) == expected
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(len(ear.numbers) < len(expected) for ear in ears):
        time.sleep(0.02)
    assert [ear.numbers for ear in ears] == [expected, expected]


def test_a_server_that_stops_ends_its_streams_at_once_and_keeps_its_history(running: Served) -> None:
    callers = [Caller(running.port, account) for account in (OFFICER, TRIAGIST)]
    card = callers[0].open_card("crisisdienst")
    ears = [caller.listen() for caller in callers]
    asked = time.monotonic()
    running.stop()
    for ear in ears:
        ear.thread.join(20)
        assert 0 < ear.ended_at - asked < AT_ONCE_S
    running.start()
    again = Caller(running.port, OFFICER)
    assert again.me["epoch"] == callers[0].me["epoch"]
    assert {entry["card"] for entry in again.sync([])["entries"]} == {card}


def test_nothing_that_was_acknowledged_is_lost_when_the_server_is_killed_while_writing(running: Served) -> None:
    callers = [Caller(running.port, OFFICER) for _ in range(4)]
    card = callers[0].open_card()
    acknowledged: dict[str, int] = {}
    killed = threading.Event()

    def write(caller: Caller) -> None:
        for turn in range(10_000):
            entry = caller.entry(card, "observation.noted", {"does": f"Stap {turn}"})
            try:
                acknowledged.update(caller.sync([entry], {card: 1})["accepted"])
            except (OSError, http.client.HTTPException):
                assert killed.is_set()
                return

    def kill() -> None:
        while len(acknowledged) < 60:
            time.sleep(0.005)
        killed.set()
        running.kill()

    at_once([kill, *(lambda caller=caller: write(caller) for caller in callers)])
    running.start()
    again, have, kept = Caller(running.port, OFFICER), dict[str, int](), dict[str, int]()
    while True:
        answer = again.sync([], have)
        kept |= {entry["id"]: entry["seq"] for entry in answer["entries"]}
        have = answer["upto"] or have
        if not answer["more"]:
            break
    assert acknowledged.items() <= kept.items()
    assert sorted(kept.values()) == list(range(1, len(kept) + 1))


def test_whatever_was_acknowledged_when_the_server_was_killed_is_pushed_once_and_what_was_sent_is_not_pushed_again(
    demo_folder: Path, tmp_path: Path, makers: PushService, request: pytest.FixtureRequest
) -> None:
    """Ten are taken, the others are refused for a while; meanwhile it is killed, with some being sent and some of which nothing was decided yet."""
    served = Served(copied(demo_folder, tmp_path / "data"))
    served.settings = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "PUSH_NETWORKS": NETWORKS, "LOOK_EVERY_S": "1"}
    request.addfinalizer(served.kill)
    served.start()
    Caller(served.port, TRIAGIST).ask("PUT", "/push/subscription", json.dumps(makers.browser("triagist").to_json()).encode())
    callers = [Caller(served.port, OFFICER) for _ in range(2)]
    card = callers[0].open_card()
    makers.answers = [(201, {})] * 10 + [(503, {})] * 1_000
    acknowledged: set[str] = set()
    killed = threading.Event()

    def write(caller: Caller) -> None:
        for _ in range(1_000):
            entry = caller.entry(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
            try:
                acknowledged.update(caller.sync([entry], {card: 1})["accepted"])
            except (OSError, http.client.HTTPException):
                assert killed.is_set()
                return

    def kill() -> None:
        # That the ten were taken must be written down: of what was being sent when it is killed nobody knows.
        makers.wait_for(lambda: len(acknowledged) > 40 and len(makers.answers) < 980 and written_down(served.data) == 10, 30)
        killed.set()
        served.kill()

    at_once([kill, *(lambda caller=caller: write(caller) for caller in callers)])
    sent = [told["entry"] for told in makers.got("triagist")]
    assert len(sent) == 10
    makers.answers = []
    served.set_clock(6 * MINUTE_MS)
    served.start()
    makers.wait_for(lambda: acknowledged <= {told["entry"] for told in makers.got("triagist")}, 30)
    time.sleep(2)
    got = [told["entry"] for told in makers.got("triagist")]
    assert len(got) == len(set(got)), "nothing twice, though it looked around once more"
    assert makers.refused == []


def written_down(data: Path) -> int:
    """Of how many notices it says that they were sent."""
    with closing(sqlite3.connect(data / "motorkap.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM push_out WHERE outcome = 'sent'").fetchone()[0])


def test_a_push_service_that_lets_its_answer_drip_keeps_no_notice_from_another_and_is_cut_off(
    demo_folder: Path, tmp_path: Path, makers: PushService, request: pytest.FixtureRequest
) -> None:
    served = Served(copied(demo_folder, tmp_path / "data"))
    served.settings = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "PUSH_NETWORKS": NETWORKS}
    request.addfinalizer(served.kill)
    served.start()
    dripping = Dripping()
    request.addfinalizer(dripping.listener.close)
    there = {**makers.browser("triagist").to_json(), "endpoint": dripping.endpoint}
    for account, browser in ((TRIAGIST, there), (DOCTOR, makers.browser("doctor").to_json())):
        Caller(served.port, account).ask("PUT", "/push/subscription", json.dumps(browser).encode())
    time.sleep(0.01)
    officer = Caller(served.port, OFFICER)
    card = officer.open_card("crisisdienst")
    makers.wait_for(lambda: dripping.calls and makers.kinds("doctor") == ["invited"])
    officer.sync([officer.entry(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})], {card: 2})
    makers.wait_for(lambda: makers.kinds("doctor") == ["invited", "requested"])
    assert dripping.cut_off == 0, "it was on its way all the while"
    makers.wait_for(lambda: dripping.cut_off >= 2)
    makers.wait_for(lambda: dripping.calls > 2)  # asked again


class Dripping:
    """Takes what is sent, and answers with a byte now and then and no end."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}/triagist"
        self.calls = self.cut_off = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self.listener.accept()
                self.calls += 1
                threading.Thread(target=self._drip, args=(one,), daemon=True).start()

    def _drip(self, one: socket.socket) -> None:
        try:
            while True:
                one.sendall(b"H")
                time.sleep(0.5)
        except OSError:
            self.cut_off += 1


def test_who_guesses_with_many_calls_at_once_gets_no_more_tries_than_one_by_one(running: Served) -> None:
    """Working out a password takes a while: if a try counts only when it has turned out wrong, all that came meanwhile have been let through."""
    statuses: list[int] = []

    def guess() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        connection.request("GET", "/login")
        page = connection.getresponse()
        cookies = (page.getheader("Set-Cookie") or "").partition(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        assert token
        fields = urlencode({"email": OFFICER, "password": "not this", "csrf_token": token.group(1)})
        ready.wait(30)
        connection.request("POST", "/login", fields, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies})
        statuses.append(connection.getresponse().status)

    ready = threading.Barrier(40)
    at_once([guess] * 40)
    assert sorted(statuses) == [401] * 10 + [429] * 30
    Caller(running.port, TRIAGIST)
