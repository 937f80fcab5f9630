"""The world, built once for all that is asked here."""

from __future__ import annotations

import pytest

from tests.http.idor.world import World, built


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return built(tmp_path_factory.mktemp("idor"))
