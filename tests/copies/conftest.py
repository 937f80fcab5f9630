"""What these tests ask of Python's own memory."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True)
def _only_its_own() -> None:
    """What tests before left behind is not looked through again at every command (`kept.say`): late in a run that takes seconds each time."""
    gc.collect(1)
    gc.freeze()
