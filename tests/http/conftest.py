"""A server for every test, and phones on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import Clock, Phone, server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Flask:
    return server(tmp_path, clock)


@pytest.fixture
def phone(app: Flask) -> Callable[[str], Phone]:
    return lambda account: Phone(app, account)
