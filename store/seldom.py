"""What seldom changes, such as names: asked of the database once in ten seconds, not at every call. Who changes it forgets it, here and in
every other process (live/fanout.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from store.models import db

Key = TypeVar("Key")
Value = TypeVar("Value")

FRESH_S = 10.0


_all: list[Seldom[Any, Any]] = []
_elsewhere: WeakKeyDictionary[Engine, Callable[[], None]] = WeakKeyDictionary()


def tell_elsewhere(tell: Callable[[], None]) -> None:
    """Who hears from now on that something was forgotten here."""
    _elsewhere[db.engine] = tell


def forget_everything() -> None:
    """Another process changed something."""
    for one in _all:
        one.forget_here()


class Seldom(Generic[Key, Value]):
    """Values by key, one set a database; all of them are forgotten together, ten seconds after the first was kept."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Engine, tuple[float, dict[Key, Value]]] = WeakKeyDictionary()
        _all.append(self)

    def forget(self) -> None:
        self.forget_here()
        if tell := _elsewhere.get(db.engine):
            tell()

    def forget_here(self) -> None:
        self._kept.pop(db.engine, None)

    def known(self) -> dict[Key, Value]:
        """What is known and fresh; what the caller finds out goes in here."""
        since, values = self._kept.get(db.engine, (0.0, {}))
        if time.monotonic() - since > FRESH_S:
            since, values = time.monotonic(), {}
            self._kept[db.engine] = (since, values)
        return values
