"""Safety: "can I go there alone?" and the answer without details (report 3.2.1)."""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered


def safety(log: Gathered) -> list[dict[str, Any]]:
    answers = log.by_link("question", "safety.answered")
    return [{"item": log.item(asked), "answers": log.items(answers.get(asked["id"], []))} for asked in log.of("safety.asked")]
