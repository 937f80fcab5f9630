"""Feedback (terugkoppeling): what came of it, told back (report 3.2.2)."""

from __future__ import annotations

from card.gathered import Gathered, Item


def feedback(log: Gathered) -> list[Item]:
    return log.items(log.of("feedback.given"))
