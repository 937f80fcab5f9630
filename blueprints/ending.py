"""Ending: how a process of the server stops without anybody noticing more than a stream that comes back.

    SIGTERM -> not ready any more (/readyz), everything else as always       for DRAIN_S: until what stands in front has seen it
            -> every stream ends, nobody new is let in
            -> what is being answered is finished, at most LONGEST_S; connections that only stay open are closed after IDLE_S
            -> what is still in memory is written (gunicorn.conf.py `worker_exit`)

A connection that stays open may bring a call at the very moment in which it is closed. So it is closed only when it brought nothing for
IDLE_S, and what stands in front closes its own sooner (`keepalive 2s` in deploy/Caddyfile): then neither side closes what the other begins to use.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any

import gevent
from flask import Flask
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.ggevent import GeventWorker

DRAIN_S = float(os.environ.get("DRAIN_S", "0"))
IDLE_S = 3.0
LONGEST_S = 15
LONGEST_IN_ALL_S = int(DRAIN_S + LONGEST_S + 5)
"""After this gunicorn ends the worker by force. What starts the server must wait longer still (TimeoutStopSec, stop_grace_period)."""


class Idle:
    """A connection between two calls: gunicorn waits here for the next, at most `seconds`."""

    def __init__(self, waiting: set[gevent.Greenlet], seconds: float) -> None:
        self.waiting, self.greenlet = waiting, gevent.getcurrent()
        self.timeout = gevent.Timeout(seconds, False)

    def __enter__(self) -> None:
        self.waiting.add(self.greenlet)
        self.timeout.start()

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, stack: TracebackType | None) -> bool:
        self.waiting.discard(self.greenlet)
        self.timeout.close()
        return problem is self.timeout


class Worker(GeventWorker):  # type: ignore[misc]
    """gunicorn's worker for gevent, whose own way is to wait as long for connections that nobody uses as for answers that are being made."""

    def init_process(self) -> None:
        self.idle: set[gevent.Greenlet] = set()
        self.cfg.set("graceful_timeout", LONGEST_S)  # of this process: its parent waits longer, or it would kill what is about to end
        super().init_process()

    def timeout_ctx(self) -> Idle:
        return Idle(self.idle, self.cfg.keepalive if self.alive else IDLE_S)

    def handle_exit(self, number: int, frame: Any) -> None:
        app: Flask | None = getattr(self, "wsgi", None)
        if app is None:  # told to stop before it began
            super().handle_exit(number, frame)
        elif not app.extensions.get("ending"):
            app.extensions["ending"] = True
            if DRAIN_S:
                gevent.spawn_later(DRAIN_S, self.end)
            else:
                self.end()

    def handle_quit(self, number: int, frame: Any) -> None:
        """At once (Ctrl-C): what is being answered is not waited for. Streams still end as streams do."""
        if app := getattr(self, "wsgi", None):
            app.extensions["hub"].close()
        super().handle_quit(number, frame)

    def end(self) -> None:
        self.wsgi.extensions["hub"].close()
        self.alive = False
        gevent.spawn_later(IDLE_S, self.let_go)

    def let_go(self) -> None:
        """Of all that bring nothing. Who is in the middle of a call is not among them."""
        for greenlet in list(self.idle):
            greenlet.kill(NoMoreData(b""), block=False)
