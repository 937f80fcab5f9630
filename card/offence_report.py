"""Offence report (aangifte): will anybody report the offence (report 3.2.2, 4.2.3).

It is decided once a standing decision says yes or no. "Later" is no decision: until it falls, nobody can be kept on it.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads

DECISIONS = ("yes", "no")


def will_report(log: Gathered) -> list[str]:
    """What the decisions that stand say, once each and in their order: `yes`, `no`, `later`."""
    return list(dict.fromkeys(str(entry["body"]["will"]) for entry in heads(log.of("report.decided"))))


def offence_report(log: Gathered) -> dict[str, Any]:
    said = will_report(log)
    return {
        "heads": log.items(heads(log.of("report.decided"))),
        "decided": any(will in DECISIONS for will in said),
        "disagreement": len(said) > 1,
    }
