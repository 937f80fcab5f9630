"""Visit (bezoek): dropping in at an organisation in peacetime, so that people know each other before it is acute (report 2.2.3, 2.1.3).

Asked for, planned, logged; and what came of it, with a day. What is planned and answered is one subject: of what stands the latest is read first.
A follow-up is done when all that stands about it says so: who opens it again while another closes it has not lost it.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads


def visit(log: Gathered) -> dict[str, Any]:
    return {
        "asked": log.items(log.of("visit.asked")),
        "heads": log.items(heads(log.of("visit.planned", "visit.answered"))),
        "logged": log.items(log.of("visit.logged")),
        "follow_ups": _follow_ups(log),
    }


def _follow_ups(log: Gathered) -> list[dict[str, Any]]:
    said = log.by_link("follow_up", "follow_up.done", "follow_up.reopened")
    return [_follow_up(log, entry, said.get(entry["id"], [])) for entry in log.of("follow_up.set")]


def _follow_up(log: Gathered, entry: Any, said: list[Any]) -> dict[str, Any]:
    """`heads`: what stands about it, for who says otherwise."""
    standing = heads(said)
    done = len(standing) > 0 and all(one["kind"] == "follow_up.done" for one in standing)
    return {"item": log.item(entry), "heads": [one["id"] for one in standing], "done": log.item(standing[-1]) if done else None}
