"""kill -9 of PostgreSQL while phones write. Meanwhile the app says so, and it comes back by itself: nobody restarts anything but PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import Postgres, postgres
from tests.faults.crowd import Crowd, wait_until
from tests.faults.night import Night, kill_whole, on_postgres, running
from tests.faults.size import sized
from tests.faults.unavailable import assert_a_page_says_so, assert_said_clearly, page_of

TIMES = sized(2, 20)
AWAY_S = sized(2, 10)


@pytest.fixture
def engine() -> Iterator[Postgres]:
    with postgres() as own:
        yield own


@pytest.fixture
def night_there(engine: Postgres, tmp_path: Path) -> Iterator[Night]:
    yield from running(on_postgres(tmp_path / "data", engine))


def test_while_postgresql_is_gone_phones_hear_that_and_keep_what_they_write_and_afterwards_all_of_it_arrives(
    engine: Postgres, night_there: Night
) -> None:
    with Crowd(night_there.port, listens=True) as crowd:
        for _ in range(TIMES):
            crowd.until_acknowledged(25)
            kill_whole(engine)
            before = crowd.statuses()[503]
            time.sleep(AWAY_S)
            wait_until(lambda before=before: crowd.statuses()[503] > before, 30, lambda: f"nobody hears 503: {crowd.statuses()}")
            page = page_of(night_there, crowd.phones[0], crowd.cards[0])
            engine.start()
            assert_a_page_says_so(page)
        crowd.until_acknowledged(25)
        crowd.settle(night_there.url)
    assert set(crowd.statuses()) == {200, 503}, crowd.statuses()
    assert_said_clearly(crowd)
