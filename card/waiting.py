"""Waiting: all that depends on time. The fold knows no now; this does, as an argument (PROTOCOL, "Requests"; report 4.2.1)."""

from __future__ import annotations

from typing import Any

from card.clock import instant_ms, moment_ms
from card.hlc import millis


def overdue(request: dict[str, Any], now: int | str) -> bool:
    """Whether somebody waits past the time that was promised or agreed. `now` in milliseconds, as an instant, or as a hybrid clock's stamp."""
    now_ms = moment_ms(now) if isinstance(now, str) else now
    return bool(request["waiting"]) and now_ms >= instant_ms(request["due"])


def waited(request: dict[str, Any], now_ms: int) -> dict[str, int | None]:
    """Minutes waited and minutes past due, how many of the three agreed steps have passed, and when the next one does (ms; None when none follows).

    A request that ended waits no longer: its clock stopped then. A time that was promised is due when it was promised; the steps count the
    minutes past it as if the promise were the first step.
    """
    until = millis(request["ended"]) if request["ended"] else now_ms
    due = instant_ms(request["due"])
    past = max(0, until - due) // 60_000
    steps = [due + 60_000 * (after - request["agreed"][0]) for after in request["agreed"]]
    return {
        "minutes_waiting": max(0, until - millis(request["asked"])) // 60_000,
        "minutes_overdue": past,
        "step": sum(until >= moment for moment in steps),
        "next_ms": next((moment for moment in steps if moment > until), None) if request["waiting"] else None,
    }
