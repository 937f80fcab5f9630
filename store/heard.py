"""Heard: what streams bring to devices, for the access log. It may not slow down a stream, so it is one line a device and card for five minutes,
put in a small buffer at the start of them, and written every second by `keep_writing`.

A server that is killed loses what is in the buffer: at most the lines of the last second. What it brought to a device in that second was written by
somebody who is in the log, on a card on which that device was; its next line is five minutes later, or at its next call.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import Engine

from store import access_log, anchors
from store.access_log import Line

WINDOW_MS = 5 * 60 * 1000
EVERY_S = 1.0
MOST_WAITING = 500
MOST_KNOWN = 200_000


class Heard:
    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], int] = {}
        self._waiting: list[Line] = []

    def is_new(self, line: Line) -> bool:
        """Whether this device had no such line about this card in the last five minutes; from now on it has."""
        key = (line.visit.device, line.card, line.action)
        if 0 <= line.at_ms - self._known.get(key, -WINDOW_MS) < WINDOW_MS:  # a clock that was set back begins anew
            return False
        if len(self._known) >= MOST_KNOWN:
            self._known = {known: at for known, at in self._known.items() if line.at_ms - at < WINDOW_MS}
        self._known[key] = line.at_ms
        return True

    def note(self, line: Line) -> None:
        if self.is_new(line):
            self._waiting.append(line)
            if len(self._waiting) >= MOST_WAITING:
                self.write()

    def write(self) -> bool:
        """Everything that waits into the log; whether there was anything."""
        taken, self._waiting = self._waiting, []
        try:
            access_log.append(taken)
        except Exception:
            self._waiting = taken + self._waiting
            raise
        return bool(taken)


_heard: WeakKeyDictionary[Engine, Heard] = WeakKeyDictionary()


def heard() -> Heard:
    return _heard.setdefault(access_log.engine(), Heard())


def in_five_minutes(lines: list[Line]) -> list[Line]:
    """Those that say something new: a list of cards that is drawn again every few seconds is one look."""
    return [line for line in lines if heard().is_new(replace(line))]


def keep_writing(app: Flask) -> threading.Event:
    """Writes what streams brought, every second, until the event is set. Under gevent this thread is a greenlet."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(EVERY_S):
            with app.app_context():
                try:
                    heard().write()
                    access_log.to_disk()
                    anchors.write(app.config["NOW"]())
                except Exception:
                    logging.getLogger(__name__).exception("the access log could not be written; tried again in a second")

    threading.Thread(target=work, daemon=True, name="access log").start()
    return stop
