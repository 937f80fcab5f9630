"""The drill: the real server, phones that write all the time, a backup made meanwhile, a bad night, and the backup put back. What was acknowledged is
there once, whoever wrote it and whenever; all phones see the same.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from card.entry import canonical
from card.fold import fold
from tests import engines
from tests.cast import DOCTOR, OFFICER, OTHER_OFFICER, TRIAGIST
from tests.copies.kept import ENGINES, database
from tests.http.test_real_server import Caller
from tests.stories.served import BIN, ROOT, Served

HOUR_MS = 3_600_000


class Pocket(Caller):
    """A phone that keeps what it has, shares when it can, and hands everything in again when the history has another name."""

    def __init__(self, port: int, account: str) -> None:
        super().__init__(port, account)
        self.held: dict[str, dict[str, Any]] = {}
        self.unsent: dict[str, None] = {}
        self.have: dict[str, int] = {}
        self.acknowledged: set[str] = set()

    def write(self, card: str, says: str) -> None:
        self.keep(self.entry(card, "observation.noted", {"says": says}))

    def keep(self, entry: dict[str, Any]) -> None:
        self.held[entry["id"]] = entry
        self.unsent[entry["id"]] = None

    def sync(self, entries: list[dict[str, Any]], have: dict[str, int] | None = None) -> dict[str, Any]:
        """A server that says it is busy (503) is one to come back to."""
        asked = json.dumps({"epoch": self.me["epoch"], "have": have or {}, "entries": entries}).encode()
        self.connection.request("POST", "/sync", asked, self.headers() | {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status == 503:
            raise ConnectionError("busy")
        assert answer.status == 200, (answer.status, content)
        said: dict[str, Any] = json.loads(content)
        return said

    def share(self) -> bool:
        """Whether it is all shared and heard. Without a server it stays as it is."""
        try:
            answer = self.sync([self.held[one] for one in list(self.unsent)[:100]], self.have)
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return False
        if answer["epoch"] != self.me["epoch"]:
            self.me["epoch"], self.have, self.unsent = answer["epoch"], {}, dict.fromkeys(self.held)
            return False
        assert answer["rejected"] == {}, answer["rejected"]
        for id_ in answer["accepted"]:
            self.acknowledged.add(id_)
            self.unsent.pop(id_, None)
        self.held |= {entry["id"]: entry for entry in answer["entries"]}
        self.have |= answer["upto"]
        return not self.unsent and not answer["more"]

    def come_back(self) -> None:
        deadline = time.monotonic() + 30
        while not self.share():
            assert time.monotonic() < deadline


def command(served: Served, *told: str) -> str:
    flask = [str(BIN / "flask"), "--app", "app", *told]
    done = subprocess.run(flask, cwd=ROOT, env=served.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=ENGINES)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "data").mkdir()
    found = Served(tmp_path / "data")
    found.settings = {"DATABASE_URL": database(request.param, tmp_path / "data"), "ACCESS_DATABASE_URL": ""}
    yield found.start()
    found.kill()


def all_is_lost(served: Served) -> None:
    """The disk with the database is gone: also its access log."""
    name = served.settings["DATABASE_URL"].rpartition("/")[2]
    if served.settings["DATABASE_URL"].startswith("sqlite"):
        for file in served.data.glob("*.sqlite*"):
            file.unlink()
        return
    with engines.shared_postgres().connect("postgres") as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")


def nothing_is_lost(served: Served) -> None:
    """Somebody puts back what is an hour old, although nothing was wrong."""
    if not served.settings["DATABASE_URL"].startswith("sqlite"):
        deadline = time.monotonic() + 30
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{served.settings['DATABASE_URL'].rpartition('/')[2]}'"
        with engines.shared_postgres().connect("postgres") as connection:
            while connection.execute(asked).fetchone() != (0,):
                assert time.monotonic() < deadline, "the sessions of a server that was killed end by themselves"
                time.sleep(0.05)


class Writing:
    """Phones that write on one card without end, each in a thread of its own."""

    def __init__(self, phones: list[Pocket], card: str) -> None:
        self.over, self.problems = threading.Event(), list[Exception]()
        self.threads = [threading.Thread(target=self._write, args=(phone, card), daemon=True) for phone in phones]
        for thread in self.threads:
            thread.start()

    def _write(self, phone: Pocket, card: str) -> None:
        turn = 0
        while not self.over.is_set():
            phone.write(card, f"Stap {turn}")
            try:
                phone.share()
            except Exception as problem:
                self.problems.append(problem)
                return
            turn += 1
            time.sleep(0.05)

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not true():
            assert self.problems == []
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.parametrize("night", [all_is_lost, nothing_is_lost])
def test_what_was_acknowledged_is_there_once_after_a_restore_and_all_phones_see_the_same(
    served: Served, tmp_path: Path, night: Callable[[Served], None]
) -> None:
    phones = [Pocket(served.port, account) for account in (OFFICER, OTHER_OFFICER, TRIAGIST, DOCTOR)]
    card = phones[0].open_card("crisisdienst")
    for phone in phones:
        phone.come_back()
    writing = Writing(phones, card)
    writing.until(lambda: all(len(phone.acknowledged) > 5 for phone in phones))
    said = command(served, "backup", str(tmp_path / "backup"))
    assert "1 cards with" in said
    in_backup = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    served.set_clock(HOUR_MS)
    later = [len(phone.acknowledged) for phone in phones]
    writing.until(lambda: all(len(phone.acknowledged) > before + 5 for phone, before in zip(phones, later, strict=True)))
    served.kill()
    time.sleep(0.1)
    writing.end()
    acknowledged = set().union(*(phone.acknowledged for phone in phones))
    assert len(acknowledged) > in_backup["entries"], "there must be something that the backup lacks"
    night(served)

    said = command(served, "restore", str(tmp_path / "backup"))
    assert f"1 cards with {in_backup['entries']} entries, and every chain holds." in said
    served.start()
    for phone in phones:
        phone.write(card, "Weer terug")
    for _ in range(2):
        for phone in phones:
            phone.come_back()

    written = {id_ for phone in phones for id_ in phone.held}
    assert acknowledged <= written
    on_server = Pocket(served.port, OFFICER)
    on_server.come_back()
    assert set(on_server.held) == written, "nothing is lost and nothing is doubled"
    assert sorted(entry["seq"] for entry in on_server.held.values()) == list(range(1, len(written) + 1))
    for phone in [*phones, on_server]:
        folded = json.loads(phone.ask("GET", f"/cards/{card}.json"))
        assert canonical(fold(list(phone.held.values()))) == canonical(folded)
        assert {entry["id"]: entry["seq"] for entry in phone.held.values()} == {entry["id"]: entry["seq"] for entry in on_server.held.values()}
    assert {phone.me["epoch"] for phone in phones} == {on_server.me["epoch"]} != {in_backup["epoch"]}
    assert "Every chain holds" in command(served, "verify")


def test_while_the_server_runs_nothing_is_put_back_or_moved(served: Served, tmp_path: Path) -> None:
    Pocket(served.port, OFFICER).open_card()
    command(served, "backup", str(tmp_path / "backup"))
    told = [["restore", str(tmp_path / "backup")]]
    if served.settings["DATABASE_URL"].startswith("sqlite"):
        told.append(["move", engines.shared_postgres().database()])
    for one in told:
        flask = [str(BIN / "flask"), "--app", "app", *one]
        done = subprocess.run(flask, cwd=ROOT, env=os.environ | served.environment(), capture_output=True, text=True)
        assert done.returncode == 1, done.stdout
        assert "Stop the server first" in done.stderr
    assert Pocket(served.port, OFFICER).share()


def test_a_real_server_goes_on_on_postgresql_where_it_stopped_on_sqlite(tmp_path: Path) -> None:
    """The phones keep their numbers: nothing goes over the wire twice."""
    served = Served(tmp_path)
    served.settings = {"DATABASE_URL": database("sqlite", tmp_path), "ACCESS_DATABASE_URL": ""}
    try:
        served.start()
        phones = [Pocket(served.port, account) for account in (OFFICER, TRIAGIST)]
        card = phones[0].open_card("crisisdienst")
        for phone in phones:
            phone.write(card, "Voor de verhuizing")
            phone.come_back()
        served.stop()
        target = engines.shared_postgres().database()
        assert "Every chain holds." in command(served, "move", target)
        served.settings["DATABASE_URL"] = target
        served.start()
        names = {phone.me["epoch"] for phone in phones}
        for phone in phones:
            phone.write(card, "Na de verhuizing")
            phone.come_back()
            answer = phone.sync([], phone.have)
            assert answer["entries"] == []
        assert {answer["epoch"]} == names
        phones[0].come_back()
        assert [set(phone.held) for phone in phones] == [set(phones[0].held)] * 2
        assert len(phones[0].held) == 6
        assert "Every chain holds" in command(served, "verify")
    finally:
        served.kill()
