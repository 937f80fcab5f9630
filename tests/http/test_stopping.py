"""How a server stops and starts again: what it acknowledged is there, no answer is half, and who holds a listening socket for it refuses nobody."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import OFFICER, TRIAGIST
from tests.http.test_real_server import AT_ONCE_S, Caller, at_once
from tests.stories.served import BIN, ROOT, Served, copied


@pytest.fixture
def running(demo_folder: Path, tmp_path: Path) -> Iterator[Served]:
    served = Served(copied(demo_folder, tmp_path / "data"))
    yield served
    served.kill()


def kept_by(caller: Caller) -> dict[str, int]:
    """All entries that the server has for this device, with their numbers."""
    have, kept = dict[str, int](), dict[str, int]()
    while True:
        answer = caller.sync([], have)
        kept |= {entry["id"]: entry["seq"] for entry in answer["entries"]}
        have = answer["upto"] or have
        if not answer["more"]:
            return kept


class Writer:
    """A device that writes all the time: what was acknowledged, which calls failed, and which answers broke off in the middle."""

    def __init__(self, caller: Caller, card: str) -> None:
        self.caller, self.card = caller, card
        self.acknowledged: dict[str, int] = {}
        self.failed: list[str] = []
        self.halves: list[str] = []
        self.slowest_s = 0.0

    def write(self, until: Callable[[], bool], pause_s: float = 0.0) -> None:
        while not until():
            began = time.monotonic()
            try:
                entry = self.caller.entry(self.card, "observation.noted", {"does": "Loopt"})
                self.acknowledged.update(self.caller.sync([entry], {self.card: 1})["accepted"])
            except (http.client.IncompleteRead, json.JSONDecodeError) as half:
                self.halves.append(repr(half))
            except (OSError, http.client.HTTPException, AssertionError) as problem:
                self.failed.append(repr(problem))
                self.caller.connection.close()
                time.sleep(0.05)
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            time.sleep(pause_s)


def test_told_to_stop_while_many_write_it_loses_nothing_and_leaves_no_answer_half(running: Served) -> None:
    running.start()
    callers = [Caller(running.port, OFFICER) for _ in range(4)]
    card = callers[0].open_card("crisisdienst")
    ears = [Caller(running.port, account).listen() for account in (OFFICER, TRIAGIST)]
    writers = [Writer(caller, card) for caller in callers]
    asked = [0.0]
    over = threading.Event()

    def stop() -> None:
        while sum(len(writer.acknowledged) for writer in writers) < 60:
            time.sleep(0.005)
        asked[0] = time.monotonic()
        running.stop()
        over.set()

    at_once([stop, *(lambda writer=writer: writer.write(over.is_set) for writer in writers)])
    assert [writer.halves for writer in writers] == [[]] * 4
    for ear in ears:
        ear.thread.join(20)
        assert not ear.thread.is_alive()
        assert ear.ended_at - asked[0] < AT_ONCE_S
    assert (running.data / "motorkap.sqlite.left").exists(), "it ended by itself, and wrote down how it left its file"
    running.start()
    kept = kept_by(Caller(running.port, OFFICER))
    for writer in writers:
        assert writer.acknowledged.items() <= kept.items()
    assert sorted(kept.values()) == list(range(1, len(kept) + 1))


def test_what_a_stream_brought_in_the_last_moment_is_in_the_access_log(running: Served) -> None:
    """It is written every second; a server that stops does not wait for the second to be over, nor lose what came in it."""
    running.start()
    officer, triagist = Caller(running.port, OFFICER), Caller(running.port, TRIAGIST)
    card = officer.open_card("crisisdienst")
    ear = triagist.listen()
    entry = officer.entry(card, "observation.noted", {"does": "Loopt"})
    assert officer.sync([entry], {card: 2})["accepted"] == {entry["id"]: 3}
    deadline = time.monotonic() + 20
    while 3 not in ear.numbers:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    running.stop()
    with sqlite3.connect(running.data / "access.sqlite") as log:
        found = log.execute("SELECT device FROM access_line WHERE action = 'stream' AND card = ?", [card]).fetchall()
    assert (triagist.me["device"],) in found


def test_connections_that_only_stay_open_do_not_keep_it_from_stopping_in_time(running: Served) -> None:
    running.start()
    idle = Caller(running.port, OFFICER)
    began = time.monotonic()
    running.stop()
    took = time.monotonic() - began
    assert took < 12
    assert idle.connection.sock.recv(1) == b"", "closed, not cut off"
    log = (running.data / "server.log").read_text()
    assert "timeout" not in log
    assert '"exceptions"' not in log


def test_a_call_that_is_halfway_in_is_finished(running: Served) -> None:
    """A phone with little network: half of what it sends comes before the server is told to stop, the rest long after idle connections went."""
    running.start()
    phone = Caller(running.port, OFFICER)
    card = phone.open_card()
    entry = phone.entry(card, "observation.noted", {"does": "Loopt"})
    body = json.dumps({"epoch": phone.me["epoch"], "have": {card: 1}, "entries": [entry]}).encode()
    head = [f"{name}: {value}" for name, value in (phone.headers() | {"Content-Type": "application/json"}).items()]
    sent = "\r\n".join(["POST /sync HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *head, "", ""]).encode()
    with socket.create_connection(("127.0.0.1", running.port)) as slow:
        slow.sendall(sent + body[:100])
        time.sleep(0.3)
        stopping = threading.Thread(target=running.stop)
        stopping.start()
        time.sleep(5)
        slow.sendall(body[100:])
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        told = json.loads(answer.read())
    stopping.join(15)
    assert answer.status == 200
    running.start()
    assert kept_by(Caller(running.port, OFFICER)).items() >= told["accepted"].items() == {entry["id"]: 2}.items()


def test_what_stands_in_front_is_told_before_anything_else_ends(running: Served) -> None:
    running.settings = {"DRAIN_S": "4"}
    running.start()
    phone = Caller(running.port, OFFICER)
    card = phone.open_card()
    ear = Caller(running.port, TRIAGIST).listen()
    assert running.process
    told = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    while (answer := asks_whether_it_is_ready(running.port))[0] == 200:
        assert time.monotonic() - told < 4
    assert (answer[0], answer[1]["ending"]) == (503, True)
    assert phone.sync([phone.entry(card, "observation.noted", {"does": "Loopt"})], {card: 1})["rejected"] == {}
    assert ear.thread.is_alive()
    ear.thread.join(20)
    assert 3.9 < ear.ended_at - told < 4 + AT_ONCE_S
    assert running.process.wait(15) == 0
    running.process = None


def asks_whether_it_is_ready(port: int) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())
    connection.close()
    return told


class Activated(Served):
    """As systemd starts it with deploy/motorkap.socket: the socket is made before the server and stays when it goes (sd_listen_fds(3))."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen(4096)

    def begin(self) -> Served:
        gunicorn = f"{BIN / 'gunicorn'} --config gunicorn.conf.py 'app:create_app()'"
        given = os.dup(self.socket.fileno())
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", f"LISTEN_FDS=1 LISTEN_PID=$$ exec {gunicorn} 3<&{given}"], pass_fds=(given,), cwd=ROOT, env=self.environment(),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        os.close(given)
        return self


def test_with_a_socket_that_stays_a_restart_makes_callers_wait_and_refuses_none(demo_folder: Path, tmp_path: Path) -> None:
    served = Activated(copied(demo_folder, tmp_path / "data"))
    try:
        served.start()
        writers, card = patient_writers(served.port)
        over = threading.Event()

        def restart() -> None:
            time.sleep(1)
            for _ in range(2):
                served.stop()
                served.start()
                time.sleep(1)
            over.set()

        at_once_within(90, [restart, *(lambda one=one: one.write(over.is_set, 0.02) for one in writers)])
        assert [one.failed + one.halves for one in writers] == [[]] * len(writers)
        print(f"longest wait of a call over two restarts: {max(one.slowest_s for one in writers):.1f} s")
        kept = kept_by(Caller(served.port, OFFICER))
        assert all(one.acknowledged.items() <= kept.items() for one in writers)
        assert len(kept) == 1 + sum(len(one.acknowledged) for one in writers), "each once, and nothing that nobody heard of"
    finally:
        served.kill()
        served.socket.close()


def patient_writers(port: int, number: int = 3) -> tuple[list[Writer], str]:
    """As a phone behind a proxy: each call on a connection that did not stay open for long (deploy/Caddyfile: two seconds)."""
    callers = [Caller(port, OFFICER) for _ in range(number)]
    card = callers[0].open_card()
    for caller in callers:
        caller.connection = Fresh("127.0.0.1", port, timeout=60)
    return [Writer(caller, card) for caller in callers], card


class Fresh(http.client.HTTPConnection):
    """A connection for each call."""

    def request(self, *given: Any, **more: Any) -> None:
        self.close()
        super().request(*given, **more)


def at_once_within(seconds: float, tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive()
