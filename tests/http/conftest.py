"""A server for every test, and phones on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import Clock, Phone, server
from tests.stories.served import demo_data


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For real servers: each has a copy."""
    return demo_data(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock)


@pytest.fixture
def phone(app: Flask) -> Callable[[str], Phone]:
    return lambda account: Phone(app, account)
