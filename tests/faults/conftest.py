"""A night of its own for every test, on SQLite or on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.night import Night, on_postgres, on_sqlite, running
from tests.live.pair import Pair, pair


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """On SQLite, as it is by default."""
    yield from running(on_sqlite(tmp_path / "data"))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path) as found:
        yield found


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def either_night(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Night]:
    yield from running((on_sqlite if request.param == "SQLite" else on_postgres)(tmp_path / "data"))

