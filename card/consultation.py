"""Consultation (vraag vooraf): a look or advice that one side asks of the other without an incident (report 2.2.3, 3.1.2).

It is answered by whom it was asked of, within as many working days as they agreed to, or by the day that whoever asks names. What was not answered by
then shows as late to both; it stays a question until somebody answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.clock import date
from card.gathered import Gathered
from card.rhythm import working_days_after

ANSWER_DAYS = 5
MOST_DAYS = 60


def consultations(log: Gathered) -> list[dict[str, Any]]:
    """Every question with its answers and the day by which it should be answered (`due`)."""
    answers = log.by_link("asked", "consultation.answered")
    return [
        {
            "item": log.item(asked),
            "answers": log.items(answers.get(asked["id"], [])),
            "due": asked["body"].get("by") or working_days_after(date(asked["at"]), _days(asked["body"].get("days"))),
        }
        for asked in log.of("consultation.asked")
    ]


def with_days(body: Mapping[str, Any], pages: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a question with the working days in which whom it is asked of agreed to answer; `pages` as the directory has them."""
    days = (pages.get(str(body.get("to", ""))) or {}).get("answer_days")
    return {**body, "days": days} if _is_days(days) else dict(body)


def _days(said: Any) -> int:
    """What came from elsewhere and is no number of days counts for nothing."""
    return int(said) if _is_days(said) else ANSWER_DAYS


def _is_days(said: Any) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool) and 1 <= said <= MOST_DAYS and said == int(said)
