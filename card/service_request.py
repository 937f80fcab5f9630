"""Service request: whom we wait for (report 4.2.1). Waiting runs from the asking until arrived, declined or cancelled.

An answer that another answer of the same request supersedes no longer counts, so a decline can be taken back. The fold knows no now: what is
overdue is computed beside it (`waiting.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from card.entry import Entry
from card.gathered import Gathered
from card.heads import heads
from card.hlc import millis
from card.vocabulary import AGREED_MINUTES

ANSWERS = ("service.acknowledged", "service.promised", "service.arrived", "service.declined", "service.cancelled")
_STRONGEST_FIRST = ("arrived", "declined", "cancelled", "promised", "acknowledged")
_ENDS = ("arrived", "declined", "cancelled")


def requests(log: Gathered) -> list[dict[str, Any]]:
    answers = log.by_link("request", *ANSWERS)
    escalations = log.by_link("request", "service.escalated")
    return [_request(log, asked, answers.get(asked["id"], []), escalations.get(asked["id"], [])) for asked in log.of("service.requested")]


def _request(log: Gathered, asked: Entry, answers: list[Entry], escalations: list[Entry]) -> dict[str, Any]:
    counts = heads(answers)
    standing = {state: [said for said in counts if said["kind"] == f"service.{state}"] for state in _STRONGEST_FIRST}
    state = next((state for state in _STRONGEST_FIRST if standing[state]), "waiting")
    declined = standing["declined"]
    return {
        "item": log.item(asked),
        "state": state,
        "waiting": state not in _ENDS,
        "asked": asked["at"],
        "due": _due(asked, standing["promised"]),
        "answers": log.items(answers),
        "escalations": log.items(escalations),
        "referred_to": declined[-1]["body"].get("referred_to") if declined else None,
        "ended": standing[state][0]["at"] if state in _ENDS else None,
    }


def _due(asked: Entry, promised: list[Entry]) -> str:
    if promised:
        return str(promised[-1]["body"]["until"])
    seconds, ms = divmod(millis(asked["at"]), 1000)
    due = datetime.fromtimestamp(seconds + AGREED_MINUTES * 60, UTC)
    return f"{due:%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"
