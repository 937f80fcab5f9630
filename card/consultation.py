"""Consultation (vraag vooraf): a look or advice that one side asks of the other without an incident (report 2.2.3, 3.1.2).

It is answered by whom it was asked of, within five working days or by the day that whoever asks names. What was not answered by then shows as late to
both; it stays a question until somebody answers.
"""

from __future__ import annotations

from typing import Any

from card.clock import date
from card.gathered import Gathered
from card.rhythm import working_days_after

ANSWER_DAYS = 5


def consultations(log: Gathered) -> list[dict[str, Any]]:
    """Every question with its answers and the day by which it should be answered (`due`)."""
    answers = log.by_link("asked", "consultation.answered")
    return [
        {
            "item": log.item(asked),
            "answers": log.items(answers.get(asked["id"], [])),
            "due": asked["body"].get("by") or working_days_after(date(asked["at"]), ANSWER_DAYS),
        }
        for asked in log.of("consultation.asked")
    ]
