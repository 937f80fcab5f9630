"""Places: no more than so many are worked on at once. Who waits for a place holds only what it came with, so a storm of calls takes little memory.

A place that comes free goes to who waits longest, and not to who happens to come just then: nobody is overtaken for as long as the storm lasts.
Who has waited so long that nobody listens for the answer any more is told that there is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class NoPlace(Exception):
    """All places were taken for too long."""


class Places:
    def __init__(self, most: int, patience_s: float) -> None:
        self._free, self._patience_s = most, patience_s
        self._waiting: deque[Lock] = deque()
        self._looking = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place for as long as this lasts, once there is one. `NoPlace`: there was none in time."""
        self._take()
        try:
            yield
        finally:
            self._leave()

    def _take(self) -> None:
        with self._looking:
            if self._free:
                self._free -= 1
                return
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        try:
            given = called.acquire(timeout=self._patience_s)
        except BaseException:  # stopped while it waited (the worker ends): it keeps nobody from a place
            if not self._went_away(called):
                self._leave()
            raise
        if not given and self._went_away(called):
            raise NoPlace

    def _went_away(self, called: Lock) -> bool:
        """Whether it waited still; else a place was given to it already."""
        with self._looking:
            waited = called in self._waiting
            if waited:
                self._waiting.remove(called)
        return waited

    def _leave(self) -> None:
        with self._looking:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
