"""Calls: what waits for an answer of whoever looks: a question about their handover, a question whether somebody can go alone. Pure; twin of
static/worker/calls.js.
"""

from __future__ import annotations

from typing import Any

from card.fold import Card

ASKED_WHILE = ("offered", "accepted")


def questions_to(card: Card, org: str) -> list[dict[str, Any]]:
    """Questions about an offer of this organisation that nobody answered, as long as the offer matters."""
    offers = [offer for offer in card["handovers"] if offer["from"] == org and offer["state"] in ASKED_WHILE]
    return [question["item"] for offer in offers for question in offer["questions"] if not question["answers"] and question["item"]["org"] != org]


def safety_for(card: Card, viewer: dict[str, Any]) -> list[dict[str, Any]]:
    """Where somebody asks to go alone, and the police did not say yet; of a closed card nobody waits any more."""
    if viewer["domain"] != "police" or card["closed"]:
        return []
    return [asked["item"] for asked in card["safety"] if not asked["answers"]]
