"""Safety: "can I go there alone?" and the answer without details (report 3.2.1).

An answer says what to do and never why. Answers that did not see each other stay side by side; until somebody who saw them answers again, the
strictest counts. Who answers is not asked here: the screens offer it to police alone.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads

MILDEST_FIRST = ("go", "unknown", "not_alone", "police_join")


def safety(log: Gathered) -> list[dict[str, Any]]:
    """Every question with its answers: all (`answers`), those that stand (`heads`), and the one of them that counts (`answer`, or None)."""
    answers = log.by_link("question", "safety.answered")
    rows = []
    for asked in log.of("safety.asked"):
        given = answers.get(asked["id"], [])
        standing = heads(given)
        said = {entry["body"]["answer"] for entry in standing}
        rows.append({
            "item": log.item(asked),
            "answers": log.items(given),
            "heads": log.items(standing),
            "answer": max(said, key=MILDEST_FIRST.index, default=None),
            "disagreement": len(said) > 1,
        })  # fmt: skip
    return rows
