"""Waiting: all that depends on time. The fold knows no now; this does, as an argument (PROTOCOL, "Requests"; report 4.2.1)."""

from __future__ import annotations

from typing import Any

from card.clock import instant_ms, moment_ms
from card.hlc import millis
from card.vocabulary import OVERDUE_STEPS


def overdue(request: dict[str, Any], now: int | str) -> bool:
    """Whether somebody waits past the time that was promised or agreed. `now` in milliseconds, as an instant, or as a hybrid clock's stamp."""
    now_ms = moment_ms(now) if isinstance(now, str) else now
    return bool(request["waiting"]) and now_ms >= instant_ms(request["due"])


def waited(request: dict[str, Any], now_ms: int) -> dict[str, int]:
    """Minutes waited and minutes past due, and how many of the agreed steps (30, 45, 60 minutes of waiting) have passed.

    A request that ended waits no longer: its clock stopped then. A time that was promised is due when it was promised; the steps count the
    minutes past it as if the promise were the first step.
    """
    until = millis(request["ended"]) if request["ended"] else now_ms
    since_due = until - instant_ms(request["due"])
    past = max(0, since_due) // 60_000
    return {
        "minutes_waiting": max(0, until - millis(request["asked"])) // 60_000,
        "minutes_overdue": past,
        "step": sum(past >= after - OVERDUE_STEPS[0] for after in OVERDUE_STEPS) if since_due >= 0 else 0,
    }
