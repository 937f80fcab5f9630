"""kill -9 of the PostgreSQL that has nothing but the access log, of the cards' own beside it, and of the app between the two. Nobody is answered
without a line; so an entry without its line is never there, and what nobody was told was taken comes again.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.access_elsewhere import access_database
from tests.engines import Postgres, postgres
from tests.faults.crowd import Crowd, in_turn_at, wait_until
from tests.faults.ledger import everything_in
from tests.faults.night import Night, ask, kill_whole, on_sqlite, running
from tests.faults.size import sized
from tests.faults.unavailable import assert_a_page_says_so, assert_said_clearly, page_of
from tests.live.pair import Pair, pair

TIMES = sized(1, 20)
AWAY_S = sized(1, 10)


@pytest.fixture
def log_server() -> Iterator[Postgres]:
    with postgres() as own:
        yield own


@pytest.fixture
def log_at(log_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """For the servers, and for who looks afterwards whether all chains hold."""
    url = access_database(log_server)
    monkeypatch.setenv("ACCESS_DATABASE_URL", url)
    return url


@pytest.fixture
def made(tmp_path: Path) -> Night:
    return on_sqlite(tmp_path / "data")


@pytest.fixture
def night_there(made: Night, log_at: str) -> Iterator[Night]:
    yield from running(made)


@pytest.fixture
def two_there(log_at: str, tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path, ACCESS_DATABASE_URL=log_at) as found:
        yield found


def every_entry_has_its_line(cards: str, log: str) -> None:
    """Who wrote it, in the line of the call that brought it: that is the first that says that the card stands there or further."""
    stood: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    kept = everything_in(cards)
    hashes = {(entry["card"], entry["seq"]): entry["hash"] for entry in kept}
    for card, device, detail in _writing(log):
        said = re.search(r"to (\d+) (\w+) in", detail)
        if said and hashes.get((card, int(said[1])), "").startswith(said[2]):
            stood[card][int(said[1])].add(device)
    for entry in kept:
        first = min((seq for seq in stood[entry["card"]] if seq >= entry["seq"]), default=0)
        assert entry["device"] in stood[entry["card"]][first], f"no line says who wrote {entry['id']}"


def _writing(log: str) -> list[Any]:
    engine = create_engine(log)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT card, device, detail FROM access_line WHERE action IN ('open', 'write', 'join') ORDER BY number"))
        found = list(rows)
    engine.dispose()
    return found


def goes_and_comes_back(log_server: Postgres, crowd: Crowd, ports: list[int]) -> None:
    """Until phones hear it; and whoever stands in front."""
    kill_whole(log_server)
    before = crowd.statuses()[503]
    time.sleep(AWAY_S)
    wait_until(lambda: crowd.statuses()[503] > before, 30, lambda: f"nobody hears 503: {crowd.statuses()}")
    assert {json.loads(ask(port, "/readyz")[1])["access"] for port in ports} == {"unknown"}
    log_server.start()


def test_cards_on_sqlite_and_the_log_on_a_postgresql_that_is_killed_and_the_app_too(
    log_server: Postgres, night_there: Night, log_at: str
) -> None:
    with Crowd(night_there.port, listens=True) as crowd:
        for _ in range(TIMES):
            crowd.until_acknowledged(15)
            goes_and_comes_back(log_server, crowd, [night_there.port])
            crowd.until_acknowledged(15)
            night_there.kill()
            night_there.start()
        kill_whole(log_server)
        wait_until(lambda: page_of(night_there, crowd.phones[0], crowd.cards[0])[0] == 503, 20)
        page = page_of(night_there, crowd.phones[0], crowd.cards[0])
        log_server.start()
        assert_a_page_says_so(page)
        crowd.until_acknowledged(15)
        crowd.settle(night_there.url)
    assert_said_clearly(crowd)
    every_entry_has_its_line(night_there.url, log_at)


def test_two_processes_on_two_servers_of_postgresql_of_which_each_is_killed(log_server: Postgres, two_there: Pair, log_at: str) -> None:
    cards = two_there.served[0].settings["DATABASE_URL"]
    with Crowd(two_there.ports[0], listens=True, phone=in_turn_at(two_there.ports)) as crowd:
        for _ in range(TIMES):
            crowd.until_acknowledged(15)
            goes_and_comes_back(log_server, crowd, two_there.ports)
            crowd.until_acknowledged(15)
            kill_whole(two_there.postgres)
            time.sleep(AWAY_S)
            two_there.postgres.start()
            crowd.until_acknowledged(15)
            two_there.served[1].kill()
            two_there.served[1].start()
        crowd.until_acknowledged(15)
        crowd.settle(cards)
    assert_said_clearly(crowd)
    every_entry_has_its_line(cards, log_at)
