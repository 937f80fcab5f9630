"""Two processes on PostgreSQL behind Caddy, with the very deploy/Caddyfile: restarted one after the other, and nobody who writes notices."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import engines
from tests.cast import OFFICER, TRIAGIST
from tests.engines import Engine, needs, program
from tests.http.test_real_server import Caller
from tests.http.test_stopping import Activated, Writer, at_once_within, kept_by
from tests.stories.served import ROOT, Served, copied, demo_data

CADDYFILE = ROOT / "deploy" / "Caddyfile"
SMALL = ROOT / "deploy" / "Caddyfile.small"
SECRET = "one secret for all of them"


class Caddy(Engine):
    """The proxy of deploy/Caddyfile, without TLS: a certificate for a test would prove nothing about it."""

    def __init__(self, *upstreams: int) -> None:
        super().__init__()
        self.file = CADDYFILE if len(upstreams) > 1 else SMALL
        self.settings = {
            "SITE": f"http://127.0.0.1:{self.port}", "UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in upstreams),
            "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder),
        }  # fmt: skip

    def command(self) -> list[str]:
        told = [f"{name}={value}" for name, value in self.settings.items()]
        return ["env", *told, str(program("caddy")), "run", "--config", str(self.file), "--adapter", "caddyfile"]

    def answers(self) -> bool:
        try:
            return get(self.port, "/healthz")[0] == 200
        except OSError:
            return False

    def said(self) -> str:
        return (self.folder / "log").read_text()


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    told = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return told


class Pair:
    """Two processes with one database and one secret, and the proxy before them."""

    def __init__(self, folder: Path, database: str) -> None:
        shared = {"DATABASE_URL": database, "SECRET_KEY": SECRET, "TLS": "1", "DRAIN_S": "3"}
        self.apps = []
        for name in ("app1", "app2"):
            (folder / name).mkdir()
            served = Served(folder / name)
            served.settings = {**shared, "PROCESS_NAME": name}
            self.apps.append(served)
        for served in self.apps:
            served.begin()
        for served in self.apps:
            served.until_it_answers()
        self.caddy = Caddy(*(served.port for served in self.apps))
        self.caddy.start()
        self.port = self.caddy.port

    def restart(self, served: Served) -> None:
        """As docs/deploy.md says: the next only when this one is ready and the proxy has seen it."""
        served.stop()
        served.start()
        while get(served.port, "/readyz")[0] != 200:
            time.sleep(0.1)
        time.sleep(2.5)

    def log_of(self, served: Served) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (served.data / "server.log").read_text().splitlines()]

    def close(self) -> None:
        self.caddy.close()
        for served in self.apps:
            served.kill()


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    needs("caddy")
    with engines.postgres() as engine:
        yield engine


@pytest.fixture(scope="module")
def demo_database(postgres: engines.Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with the demo organisations in it, to be copied for every test."""
    url = postgres.database()
    demo_data(tmp_path_factory.mktemp("made"), {"DATABASE_URL": url, "SECRET_KEY": SECRET})
    return url.rpartition("/")[2]


@pytest.fixture
def pair(postgres: engines.Postgres, demo_database: str, tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path, postgres.database(like=demo_database))
    yield made
    made.close()


def test_a_rolling_restart_lets_no_call_fail_and_streams_come_back(pair: Pair) -> None:
    callers = [Caller(pair.port, OFFICER) for _ in range(3)]
    card = callers[0].open_card("crisisdienst")
    writers = [Writer(caller, card) for caller in callers]
    ears = [Caller(pair.port, account).listen() for account in (OFFICER, TRIAGIST, OFFICER, TRIAGIST)]
    over = threading.Event()

    def restart() -> None:
        time.sleep(1)
        for served in pair.apps:
            pair.restart(served)
        over.set()

    at_once_within(120, [restart, *(lambda one=one: one.write(over.is_set, 0.02) for one in writers)])
    assert [one.failed + one.halves for one in writers] == [[]] * 3
    print(f"{sum(len(one.acknowledged) for one in writers)} entries; longest wait of a call: {max(one.slowest_s for one in writers):.2f} s")
    again = Caller(pair.port, OFFICER)
    kept = kept_by(again)
    assert sorted(kept.values())[2:] == sorted(number for one in writers for number in one.acknowledged.values())
    assert all(one.acknowledged.items() <= kept.items() for one in writers)
    for ear in ears:
        assert ear.ended_at, "both processes were restarted, so every stream ended"
    back = again.listen()
    again.sync([again.entry(card, "observation.noted", {"does": "Zit"})], {card: 1})
    assert back.thread.is_alive()
    for served in pair.apps:
        assert not [line for line in pair.log_of(served) if "exceptions" in line]


def test_a_process_that_is_killed_costs_the_calls_it_had_in_hand_and_nothing_that_was_acknowledged(pair: Pair) -> None:
    callers = [Caller(pair.port, OFFICER) for _ in range(4)]
    card = callers[0].open_card()
    writers = [Writer(caller, card) for caller in callers]
    over = threading.Event()

    def kill() -> None:
        time.sleep(1)
        pair.apps[0].kill()
        time.sleep(4)
        over.set()

    at_once_within(60, [kill, *(lambda one=one: one.write(over.is_set) for one in writers)])
    assert sum(len(one.failed) for one in writers) <= len(writers), [one.failed for one in writers]
    kept = kept_by(Caller(pair.port, OFFICER))
    assert all(one.acknowledged.items() <= kept.items() for one in writers)
    assert sorted(kept.values()) == list(range(1, len(kept) + 1))


def test_a_request_has_one_number_at_the_proxy_and_in_the_process_that_answered_it(pair: Pair) -> None:
    """Also when a client brings one of its own: that would be laid beside a line of somebody else."""
    numbers = [get(pair.port, "/login", **{"X-Request-Id": "of-the-client-itself"})[1]["X-Request-Id"] for _ in range(6)]
    assert len(set(numbers)) == 6
    assert "of-the-client-itself" not in numbers
    lines = {line.get("id"): line["process"] for served in pair.apps for line in pair.log_of(served)}
    assert {lines[number] for number in numbers} <= {"app1", "app2"}


def test_what_is_for_who_watches_is_not_passed_on_and_the_proxy_writes_down_no_address(pair: Pair) -> None:
    assert [get(pair.port, path)[0] for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]
    assert [get(pair.apps[0].port, path)[0] for path in ("/metrics", "/readyz")] == [200, 200]
    listening = Caller(pair.port, OFFICER)
    ear = listening.listen()
    for served in pair.apps:
        served.kill()
    ear.thread.join(10)
    connection = http.client.HTTPConnection("127.0.0.1", pair.port, timeout=30)
    told = {"Cookie": "session=geheim", "User-Agent": "Mozilla"}
    connection.request("GET", "/cards/019a0000-0000-7000-8000-00000000beef?q=Kerkstraat", headers=told)
    assert connection.getresponse().status in (502, 503)
    said = pair.caddy.said()
    assert '"logger":"http.log.error"' in said
    assert re.search(r'"status":50[23]', said)
    assert '"logger":"http.handlers.reverse_proxy"' in said, "of the stream that broke off"
    for personal in ("beef", "Kerkstraat", "geheim", "Mozilla", "remote_ip", *(value for value in listening.cookies.values() if len(value) > 20)):
        assert personal not in said


def test_a_header_that_is_too_long_is_refused_before_it_reaches_the_app(pair: Pair) -> None:
    assert get(pair.port, "/healthz", **{"X-Long": "x" * 60_000})[0] == 431


def test_one_process_behind_its_socket_and_caddy_starts_again_without_a_failed_call(demo_folder: Path, tmp_path: Path) -> None:
    needs("caddy")
    served = Activated(copied(demo_folder, tmp_path / "data"))
    served.settings = {"TLS": "1"}
    served.start()
    caddy = Caddy(served.port)
    try:
        caddy.start()
        callers = [Caller(caddy.port, OFFICER) for _ in range(3)]
        card = callers[0].open_card()
        for caller in callers:
            caller.connection.timeout = 60
        writers = [Writer(caller, card) for caller in callers]
        ears = [Caller(caddy.port, OFFICER).listen() for _ in range(4)]
        over = threading.Event()

        def restart() -> None:
            time.sleep(1)
            served.stop()
            served.start()
            time.sleep(2)
            over.set()

        at_once_within(120, [restart, *(lambda one=one: one.write(over.is_set, 0.02) for one in writers)])
        assert [one.failed + one.halves for one in writers] == [[]] * 3
        assert all(ear.ended_at for ear in ears)
        print(f"longest wait of a call: {max(one.slowest_s for one in writers):.1f} s")
        kept = kept_by(Caller(caddy.port, OFFICER))
        assert len(kept) == 1 + sum(len(one.acknowledged) for one in writers)
    finally:
        caddy.close()
        served.kill()
        served.socket.close()


def test_a_body_that_never_ends_is_cut_off_by_the_proxy_and_a_stream_is_not(demo_folder: Path, tmp_path: Path) -> None:
    """With seconds in the place of minutes. Nor does the proxy write down who it was."""
    needs("caddy")
    text = SMALL.read_text()
    assert "read_body 2m" in text
    (tmp_path / "Caddyfile").write_text(text.replace("read_body 2m", "read_body 2s"))
    served = Served(copied(demo_folder, tmp_path / "data"))
    served.settings = {"TLS": "1"}
    served.start()
    caddy = Caddy(served.port)
    caddy.file = tmp_path / "Caddyfile"
    try:
        caddy.start()
        officer = Caller(caddy.port, OFFICER)
        ear = Caller(caddy.port, OFFICER).listen()
        with socket.create_connection(("127.0.0.1", caddy.port), timeout=20) as slow:
            own = f"127.0.0.1:{slow.getsockname()[1]}"
            began = time.monotonic()
            head = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": "1000", **officer.headers()}
            slow.sendall(("POST /sync HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items()) + "\r\n{").encode())
            answer = slow.recv(1000)
        assert 1.5 < time.monotonic() - began < 15, "the app itself would wait for a minute"
        assert answer.split()[1] in (b"408", b"502", b"504")
        time.sleep(1)
        card = officer.open_card()
        officer.sync([officer.entry(card, "observation.noted", {"does": "Zit"})], {card: 1})
        deadline = time.monotonic() + 10
        while 2 not in ear.numbers and time.monotonic() < deadline:
            time.sleep(0.02)
        assert 2 in ear.numbers
        assert not ear.ended_at
        assert '"status":504' in caddy.said()
        assert own not in caddy.said()
    finally:
        caddy.close()
        served.kill()


@pytest.mark.parametrize("file", [CADDYFILE, SMALL], ids=lambda file: file.name)
def test_the_file_is_one_that_caddy_takes_and_is_written_as_caddy_writes_it(file: Path) -> None:
    needs("caddy")
    for command in (["validate", "--adapter", "caddyfile", "--config"], ["fmt"]):
        done = subprocess.run([str(program("caddy")), *command, str(file)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout == file.read_text()


def test_the_two_files_differ_only_in_whom_a_call_is_sent_to() -> None:
    """What is mended in one is mended in the other."""

    def directives(file: Path) -> list[str]:
        lines = [line.strip() for line in file.read_text().splitlines()]
        return [line for line in lines if line and not line.startswith(("#", "lb_", "health_", "fail_"))]

    assert directives(SMALL) == directives(CADDYFILE)
    assert "health_" not in SMALL.read_text()
