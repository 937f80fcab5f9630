"""Green: how psycopg waits for PostgreSQL under gevent, so that everybody else goes on.

Left to itself it asks `poll`, of which gevent makes a stand-in in Python, with a timer, for every answer. A watcher of gevent's own loop does
that in two thirds of the time (27 instead of 40 microseconds an answer, measured side by side), and a call waits some fifteen times.
"""

from __future__ import annotations

from select import POLLIN, POLLOUT
from typing import Any

from gevent import get_hub  # type: ignore[import-untyped]
from gevent.monkey import get_original, is_module_patched  # type: ignore[import-untyped]
from psycopg import waiting
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready, Wait

OTHERS_GO_ON = 32
"""After so many commands in one go everybody else gets a turn."""

_poll = get_original("select", "poll")


def is_used() -> bool:
    """Whether gevent runs this process, so that who sleeps lets everybody else go on."""
    return bool(is_module_patched("select"))


def wait_on_the_loop() -> None:
    """psycopg has no setting for a function of somebody else's; `connection.py` looks it up here at every call."""
    if is_used():
        waiting.wait = wait


def wait(gen: PQGen[RV], fileno: int, interval: float = 0.0, timeout: float | None = None) -> RV:
    """The outcome of the generator, as `psycopg.waiting.wait` gives it. Its interval is for Ctrl-C, which gevent's loop sees by itself."""
    if timeout is not None:
        return waiting.wait_poll(gen, fileno, interval, timeout)
    watcher: Any = None
    watched = turn = 0
    try:
        wanted = next(gen)
        while True:
            turn += 1
            if wanted & Wait.W and turn % OTHERS_GO_ON and (ready := _at_once(fileno)):
                wanted = gen.send(ready)
                continue
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


def _at_once(fileno: int) -> Ready:
    """What it is ready for now; nothing where that is nothing. There is nearly always room to write, and who sends several commands in one go
    (libpq, "Pipeline Mode") wants to know it before each.
    """
    asked = _poll()
    asked.register(fileno, POLLIN | POLLOUT)
    events = next((events for _, events in asked.poll(0)), 0)
    return Ready((Ready.R if events & ~POLLOUT else 0) | (Ready.W if events & POLLOUT else 0))


def _watcher(fileno: int, events: int, before: Any) -> Any:
    if before is not None:
        before.close()
    return get_hub().loop.io(fileno, events)
