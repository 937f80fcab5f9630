"""Heard: what streams bring to devices, for the access log. It may not slow down a stream, so it is one line a device and card for five minutes,
put in a small buffer at the start of them, and written every second by `keep_writing`. No stream ever waits for it, or ends by it.

A server that is killed loses what is in the buffer: at most the lines of the last second. What it brought to a device in that second was written by
somebody who is in the log, on a card on which that device was; its next line is five minutes later, or at its next call.

While the log cannot be written the lines wait, `MOST_WAITING` of them. One for which there is no room is not kept: that is counted and said, and the
next thing that comes to that device on that card is a line again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import Engine

from store import access_log, anchors
from store.access_log import Line
from store.now_and_then import NowAndThen

WINDOW_MS = 5 * 60 * 1000
EVERY_S = 1.0
MOST_AT_ONCE = 500
MOST_WAITING = 20_000
"""A process with 5,000 streams, each on four cards: all lines that it has in five minutes."""
MOST_KNOWN = 100_000
"""Twice as many are kept. Where there are more, the oldest are forgotten at once, and the next that comes of them is a line sooner."""
LAST_S = 3.0

LOG = logging.getLogger(__name__)


class Heard:
    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], int] = {}
        self._older: dict[tuple[str, str, str], int] = {}
        self._since_ms = 0
        self._waiting: list[Line] = []
        self._writing = Lock()
        self.lost, self._said = 0, 0

    def is_new(self, line: Line) -> bool:
        """Whether this device had no such line about this card in the last five minutes; from now on it has."""
        key = _key(line)
        at_ms = self._known.get(key) or self._older.get(key, -WINDOW_MS)
        if 0 <= line.at_ms - at_ms < WINDOW_MS:  # a clock that was set back begins anew
            return False
        if len(self._known) >= MOST_KNOWN or not 0 <= line.at_ms - self._since_ms < WINDOW_MS:
            self._older, self._known, self._since_ms = self._known, {}, line.at_ms
        self._known[key] = line.at_ms
        return True

    def forget(self, lines: Sequence[Line]) -> None:
        """They are not in the log: the next time counts as the first."""
        for line in lines:
            for known in (self._known, self._older):
                known.pop(_key(line), None)

    def note(self, line: Line) -> None:
        if not self.is_new(line):
            return
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(line)
        else:
            self.lost += 1
            self.forget([line])

    def waiting(self) -> int:
        return len(self._waiting)

    def write(self) -> bool:
        """Everything that waits into the log; whether there was anything. It waits until it is there: what fails is not lost, and who comes in the
        middle of it finds it done.
        """
        with self._writing:
            left = some = len(self._waiting)
            while left > 0:
                taken = self._waiting[: min(left, MOST_AT_ONCE)]
                access_log.append(taken)
                del self._waiting[: len(taken)]
                left -= len(taken)
            return some > 0

    def say_what_is_lost(self) -> None:
        lost, self._said = self.lost - self._said, self.lost
        if lost:
            LOG.error("lines of streams are not in the access log: it could not be written for too long", extra={"facts": {"lines": lost}})


def _key(line: Line) -> tuple[str, str, str]:
    return line.visit.device, line.card, line.action


_heard: WeakKeyDictionary[Engine, Heard] = WeakKeyDictionary()


def heard() -> Heard:
    return _heard.setdefault(access_log.engine(), Heard())


def append_new(lines: list[Line]) -> None:
    """Those that say something new, into the log at once: a list of cards that is drawn again every few seconds is one look."""
    new = [line for line in lines if heard().is_new(line)]
    try:
        access_log.append(new)
    except BaseException:
        heard().forget(new)
        raise


def keep_writing(app: Flask) -> Callable[[], None]:
    """Writes what streams brought, every second, until what this returns is called: that waits until the rest is written too, as long as a process
    that ends can wait.
    """

    def work() -> None:
        try:
            heard().write()
        finally:
            heard().say_what_is_lost()
        access_log.to_disk()
        anchors.write(app.config["NOW"]())

    otherwise = "the access log could not be written; tried again in a second, unless this process ends"
    writing = NowAndThen(app, "access log", EVERY_S, work, otherwise, at_last=True)

    def end() -> None:
        writing.stop()
        writing.is_over_within(LAST_S)
        with app.app_context():
            if left := heard().waiting():
                LOG.error("what streams brought last could not be written into the access log", extra={"facts": {"lines": left}})

    return end
