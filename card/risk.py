"""Risk, for whom (risico): professional, client and surroundings, each judged by itself (report 3.1.3, 3.2.1, 5.2.3).

Judgements that did not see each other stay side by side until somebody who saw both judges again. Meanwhile the highest level counts, and it
is acute when one of them says so.
"""

from __future__ import annotations

from typing import Any

from card.entry import Entry
from card.gathered import Gathered
from card.heads import heads
from card.vocabulary import LEVELS, RISK_FOR


def risk_heads(log: Gathered) -> dict[str, list[Entry]]:
    judged = log.of("risk.assessed")
    return {whom: heads(entry for entry in judged if entry["body"]["for"] == whom) for whom in RISK_FOR}


def is_acute(entry: Entry) -> bool:
    return entry["body"].get("acute") is True


def disagree(standing: list[Entry]) -> bool:
    return len({(entry["body"]["level"], is_acute(entry)) for entry in standing}) > 1


def risk(log: Gathered) -> dict[str, Any]:
    return {whom: _of(log, standing) for whom, standing in risk_heads(log).items()}


def _of(log: Gathered, standing: list[Entry]) -> dict[str, Any]:
    levels = [entry["body"]["level"] for entry in standing]
    return {
        "level": max(levels, key=LEVELS.index, default=None),
        "acute": any(map(is_acute, standing)),
        "disagreement": disagree(standing),
        "heads": log.items(standing),
    }
