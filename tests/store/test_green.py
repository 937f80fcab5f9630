"""Under gevent who waits for PostgreSQL keeps nobody else waiting. Each in a Python of its own, because gevent changes all of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests import engines

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
