"""Now and then: work beside the server, every so often until it is stopped. What goes wrong is logged, and it is done again the next time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask


class NowAndThen:
    """In a thread of its own (under gevent a greenlet), from the moment it is made. `otherwise`: what the log says when it went wrong. `at_last`:
    whether it is done once more when it is stopped.
    """

    def __init__(self, app: Flask, name: str, every_s: float, work: Callable[[], object], otherwise: str, at_last: bool = False) -> None:
        self._app, self._every_s, self._work, self._otherwise, self._at_last = app, every_s, work, otherwise, at_last
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True, name=name)
        self._thread.start()

    def stop(self) -> None:
        """Begins no next time."""
        self._stop.set()

    def is_over_within(self, seconds: float) -> bool:
        """After `stop`: whether all that it does is done by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _go(self) -> None:
        while not self._stop.wait(self._every_s):
            self._once()
        if self._at_last:
            self._once()

    def _once(self) -> None:
        try:
            with self._app.app_context():
                self._work()
        except Exception:
            logging.getLogger(__name__).exception(self._otherwise)
