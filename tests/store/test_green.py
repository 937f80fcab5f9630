"""Under gevent who waits for the database keeps nobody else waiting. Each in a Python of its own, because gevent changes all of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import engines
from tests.stories.served import ROOT

BEGIN = """
from gevent import monkey
monkey.patch_all()
import os, signal, sys, time
import gevent, psycopg
from psycopg import waiting
from store import green
green.wait_on_the_loop()
assert waiting.wait is green.wait
connection = psycopg.connect(sys.argv[1], autocommit=True)
"""
OTHERS_GO_ON = """
ticks = []
def tick():
    while True:
        gevent.sleep(0.01)
        ticks.append(1)
gevent.spawn(tick)
connection.execute("SELECT pg_sleep(0.5)")
assert len(ticks) > 10, len(ticks)
"""
MUCH = """
text = "x" * 4_000_000
assert connection.execute("SELECT %s || %s", [text, text]).fetchone()[0] == text + text
with connection.transaction(), connection.cursor() as cursor:
    cursor.execute("CREATE TEMPORARY TABLE much (number integer, text text)")
    cursor.executemany("INSERT INTO much VALUES (%s, %s)", [(number, "y" * 1000) for number in range(5_000)])
assert connection.execute("SELECT count(*), sum(length(text)) FROM much").fetchone() == (5_000, 5_000_000)
"""
LOST = """
other = psycopg.connect(sys.argv[1], autocommit=True)
gevent.spawn_later(0.3, other.execute, "SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
try:
    connection.execute("SELECT pg_sleep(30)")
except psycopg.OperationalError:
    assert connection.closed
else:
    raise AssertionError("nobody was told")
"""
GIVEN_UP = """
try:
    with gevent.Timeout(0.3):
        connection.execute("SELECT pg_sleep(30)")
except gevent.Timeout:
    pass
else:
    raise AssertionError("it waited on")
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Postgres]:
    with engines.postgres() as found:
        yield found


@pytest.mark.parametrize("what", [OTHERS_GO_ON, MUCH, LOST, GIVEN_UP], ids=["others go on", "much", "lost", "given up"])
def test_psycopg_waits_on_the_loop_of_gevent(postgres: engines.Postgres, what: str) -> None:
    url = postgres.database().replace("+psycopg", "")
    done = subprocess.run([sys.executable, "-c", BEGIN + what, url], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


ANOTHER_PROCESS_WRITES = """
from gevent import monkey
monkey.patch_all()
import subprocess, sys, time
from pathlib import Path
import gevent
from store.database import writing
from tests.cast import server
app = server(Path(sys.argv[1]))
HOLDS = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print('held', flush=True)"
UNTIL_TOLD = "; sys.stdin.read(1); c.execute('ROLLBACK')"
other = subprocess.Popen([sys.executable, "-c", HOLDS + UNTIL_TOLD, sys.argv[1] + "/motorkap.sqlite"], stdin=-1, stdout=-1)
other.stdout.readline()
went_on = []
def everybody_else():
    for turn in range(20):
        gevent.sleep(0.01)
        went_on.append(turn)
    # Only now may the other process let go: whoever waited where nothing else goes on would never get its turn.
    other.stdin.write(b"x")
    other.stdin.close()
gevent.spawn(everybody_else)
with app.app_context(), writing() as connection:
    raw = connection.connection.dbapi_connection
    assert raw.in_transaction and raw.execute("PRAGMA busy_timeout").fetchone() == (5000,)
assert len(went_on) == 20, went_on
"""


@pytest.mark.sqlite
def test_who_waits_until_another_process_wrote_in_sqlite_lets_everybody_else_go_on(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ANOTHER_PROCESS_WRITES, tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
