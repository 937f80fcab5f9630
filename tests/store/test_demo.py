"""The demo organisations: what is made for them is the same wherever the machine stands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import select

from store.database import reading
from store.models import GuideVersion
from tests import cast

NOON_MS, HALF_PAST_MIDNIGHT_MS = 1_795_518_000_000, 1_795_563_000_000
"""In the Netherlands: of 24 November 2026, when it is the 25th in Auckland, and of the 25th, when it is still the 24th in Los Angeles."""


@pytest.fixture
def _back(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "now_ms", "valid_until"),
    [("Pacific/Auckland", NOON_MS, "2027-11-24"), ("America/Los_Angeles", HALF_PAST_MIDNIGHT_MS, "2027-11-25")],
)
@pytest.mark.usefixtures("_back")
def test_the_guide_is_valid_for_a_year_from_today_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, now_ms: int, valid_until: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    app = cast._made({"SQLALCHEMY_DATABASE_URI": cast.sqlite_in(tmp_path), "NOW": cast.Clock(now_ms)})
    with app.app_context(), reading() as connection:
        assert connection.scalars(select(GuideVersion.valid_until)).all() == [valid_until]
