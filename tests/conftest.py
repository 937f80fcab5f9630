"""What holds for every test: Hypothesis is set so that a slow machine is no failure, what all apps have alike is compiled once, and Python seldom
looks for what only holds each other; and the push service that browsers have, for who asks for it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import engines, once
from tests.push_service import PushService

settings.register_profile("motorkap", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("motorkap")
once.compile_once()


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: to look through them after every few calls was a fifth of the time (see also gunicorn.conf.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 100)


@pytest.fixture(scope="session", autouse=True)
def _engines() -> Iterator[None]:
    yield
    engines.end_shared()


@pytest.fixture(autouse=True)
def _connections() -> Iterator[None]:
    yield
    engines.put_away()


@pytest.fixture(autouse=True)
def _its_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks into the files of SQLite, or at how it is asked, is on SQLite whatever the others are on."""
    if request.node.get_closest_marker("sqlite"):
        monkeypatch.delenv("MOTORKAP_TEST_DATABASE", raising=False)


@pytest.fixture
def makers() -> Iterator[PushService]:
    """The push service of the makers of all browsers."""
    service = PushService()
    yield service
    service.close()
