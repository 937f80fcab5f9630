"""The server as it runs on PostgreSQL: while one waits for the database the others are served, and when PostgreSQL is killed it says so in plain
words and serves again by itself once PostgreSQL is back."""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests import engines
from tests.cast import OFFICER, OTHER_OFFICER, TRIAGIST
from tests.faults.crowd import wait_until
from tests.http.test_real_server import Caller
from tests.push_service import NETWORKS, PRIVATE, SUBJECT, PushService
from tests.stories.served import BIN, ROOT, Served


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    with engines.postgres() as found:
        yield found


@pytest.fixture(scope="module")
def running(postgres: engines.Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("data"))
    push = {"VAPID_PRIVATE": PRIVATE, "VAPID_SUBJECT": SUBJECT, "PUSH_NETWORKS": NETWORKS, "LOOK_EVERY_S": "1"}
    served.settings = {"DATABASE_URL": postgres.database(), **push}
    for command in (["db", "upgrade"], ["demo"]):
        asked = [str(BIN / "flask"), "--app", "app", *command]
        done = subprocess.run(asked, cwd=ROOT, env=served.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    yield served.start()
    served.kill()


def answer(caller: Caller, method: str, path: str, said: object = None) -> tuple[int, dict[str, str], str]:
    """Whatever the status, on a connection of its own, and never later than in half a minute."""
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=30)
    headers = caller.headers() | ({"Content-Type": "application/json"} if said is not None else {})
    connection.request(method, path, json.dumps(said) if said is not None else None, headers)
    got = connection.getresponse()
    return got.status, {name.lower(): value for name, value in got.getheaders()}, got.read().decode()


def hands_in(caller: Caller, entry: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    return answer(caller, "POST", "/sync", {"epoch": caller.me["epoch"], "have": {}, "entries": [entry]})


def waits_for_a_lock(postgres: engines.Postgres, name: str) -> bool:
    with postgres.connect("postgres") as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        return connection.execute(asked, [name]).fetchone() == (1,)


def test_who_waits_for_the_database_keeps_nobody_else_waiting(running: Served, postgres: engines.Postgres) -> None:
    writer, other = Caller(running.port, OFFICER), Caller(running.port, OTHER_OFFICER)
    card = writer.open_card()
    name = running.settings["DATABASE_URL"].rpartition("/")[2]
    done: list[float] = []

    def write() -> None:
        assert hands_in(writer, writer.entry(card, "observation.noted", {"does": "iets"}))[0] == 200
        done.append(time.monotonic())

    with postgres.connect(name) as connection, connection.transaction():
        connection.execute("SELECT id FROM card WHERE id = %s FOR UPDATE", [card])
        thread = threading.Thread(target=write)
        thread.start()
        wait_until(lambda: waits_for_a_lock(postgres, name), 20)
        for _ in range(5):
            assert answer(other, "GET", "/me.json")[0] == 200
        assert not done, "the others were served while it waited"
        assert thread.is_alive()
    thread.join(20)
    assert done


def test_while_postgresql_is_away_everybody_hears_that_in_plain_words_and_then_all_goes_on(
    running: Served, postgres: engines.Postgres, makers: PushService
) -> None:
    Caller(running.port, TRIAGIST).ask("PUT", "/push/subscription", json.dumps(makers.browser("triagist").to_json()).encode())
    officer = Caller(running.port, OFFICER)
    card = officer.open_card()
    before, meanwhile, after = (officer.entry(card, "observation.noted", {"does": said}) for said in ("ervoor", "intussen", "erna"))
    assert hands_in(officer, before)[0] == 200
    postgres.kill()
    for _ in range(3):
        status, headers, said = hands_in(officer, meanwhile)
        assert (status, headers["retry-after"], json.loads(said)["error"]) == (503, "5", "service_unavailable")
        assert headers["content-type"].startswith("application/json")
        assert answer(officer, "GET", "/live")[0] == 503
        status, headers, said = answer(officer, "GET", f"/cards/{card}")
        assert (status, headers.get("retry-after")) == (503, "5"), said
        assert "Even geduld" in said
        assert answer(officer, "GET", "/healthz")[0] == 200
    time.sleep(2)  # the jobs by the clock meet it, too
    postgres.start()
    deadline = time.monotonic() + 20
    while hands_in(officer, meanwhile)[0] != 200:
        assert time.monotonic() < deadline, "it does not come back by itself"
        time.sleep(0.2)
    assert [hands_in(officer, entry)[0] for entry in (before, meanwhile, after)] == [200] * 3
    on_card = [entry for entry in officer.sync([])["entries"] if entry["card"] == card]
    kept = [(entry["seq"], entry["body"]["does"]) for entry in on_card if entry["kind"] == "observation.noted"]
    assert kept == [(2, "ervoor"), (3, "intussen"), (4, "erna")]
    asked = officer.entry(card, "service.requested", {"service": "crisisdienst", "for": "assessment"})
    assert hands_in(officer, asked)[0] == 200
    makers.wait_for(lambda: [told["entry"] for told in makers.got("triagist")] == [asked["id"]], 30)
    assert officer.me["epoch"] == json.loads(answer(officer, "GET", "/me.json")[2])["epoch"], "it is the same history"
