"""Feedback (terugkoppeling): what people say of it afterwards, what went well and what did not, and what came of it (report 2.3, 3.2.2)."""

from __future__ import annotations

from card.gathered import Gathered, Item


def feedback(log: Gathered) -> list[Item]:
    return log.items(log.of("feedback.given", "feedback.answered", "outcome.told"))
