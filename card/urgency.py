"""Urgency of a missing person (urgent of overig): police decide it, with facts, and decide again as facts come (report 2.1.2, 4.2.1).

Judgements that did not see each other stay side by side until somebody who saw both judges again; meanwhile the more urgent counts. What was judged
before stays to be read. That only police judge is asked at the door (card/admission.py), not here.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads

MILDEST_FIRST = ("other", "urgent")


def urgency(log: Gathered) -> dict[str, Any]:
    """The one that counts (`level`, or None), whether those that stand differ, those, and what they replaced (`before`), the oldest first."""
    judged = log.of("urgency.judged")
    standing = heads(judged)
    ids = {entry["id"] for entry in standing}
    said = {entry["body"]["urgency"] for entry in standing}
    return {
        "level": max(said, key=MILDEST_FIRST.index, default=None),
        "disagreement": len(said) > 1,
        "heads": log.items(standing),
        "before": log.items(entry for entry in judged if entry["id"] not in ids),
    }
