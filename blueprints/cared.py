"""Cared: what the screens say of a care report and of what became of it. Pure; twin of static/worker/cared.js. `frame["care_reports"]` are the folded
cards of the reports that were made from a card, as far as this viewer may see them.
"""

from __future__ import annotations

from typing import Any

from card.care_report import lacks, receiver
from card.fold import Card


def report_of(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """`ours`: this organisation says what becomes of it. `mine`: it sent it. `outside`: the report went to nobody in Motorkap."""
    org, told = frame["viewer"]["org"], card["care_report"]
    return {
        **told,
        "sent": [
            {
                "item": item, "lacks": lacks(item["body"]), "ours": receiver(item) == org, "mine": item["org"] == org,
                "outside": not item["body"].get("to"),
            }
            for item in told["sent"]
        ],
    }  # fmt: skip


def here(frame: dict[str, Any], card: Card) -> list[dict[str, Any]]:
    """The reports that were made from this card; `state` only of those that this viewer may see."""
    states = {one["id"]: one["care_report"]["state"] for one in frame.get("care_reports") or []}
    return [{"item": item, "report": item["body"]["report"], "state": states.get(item["body"]["report"])} for item in card["care_reports"]]


def is_asked(card: Card, org: str) -> bool:
    """Whether a report waits for this organisation: to be taken up, or for an answer to a question."""
    return not card["closed"] and _group(card, org) == "for_us"


def row(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """A report in the list. `group`: for_us, by_us, taken_up or done."""
    body = card["care_report"]["sent"][-1]["body"] if card["care_report"]["sent"] else {}
    return {
        **{name: card[name] for name in ("id", "place", "opened")},
        **{name: body.get(name) for name in ("whom", "to", "to_name", "level")},
        "from": card["opened"]["org"] if card["opened"] else None,
        "state": card["care_report"]["state"],
        "group": "done" if card["closed"] else _group(card, frame["viewer"]["org"]),
    }


def _group(card: Card, org: str) -> str:
    state, sent = card["care_report"]["state"], card["care_report"]["sent"]
    if state in ("taken_up", "done"):
        return str(state)
    waits_for = [item["org"] if state == "asked" else receiver(item) for item in sent]
    return "for_us" if org in waits_for else "by_us"
