"""Afterwards: who is asked how a card that closed went, from when until when, and which organisation can tell what came of it (report 3.2.2, 4.2.1).

Asked is who was on it in person: who opened or joined it, wrote on it, or was there. Their organisation says after how many hours; 0 is never. Who
answered is asked no more, and after two weeks nobody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.hlc import millis
from card.membership import NOT_WRITING
from card.vocabulary import TYPES

AFTER_H = 12
MOST_H = 168
HOUR_MS = 3_600_000
ASKED_MS = 14 * 24 * HOUR_MS


def asks_how(card: Mapping[str, Any], person: str, after_h: int, now_ms: int) -> bool:
    """Whether this person is asked now how a folded card went."""
    return is_asked(card, after_h, now_ms) and was_on(card, person) and not _said(card, "feedback.answered", "by", person)


def owes_outcome(card: Mapping[str, Any], person: str, org: str, after_h: int, now_ms: int) -> bool:
    """Whether this person, of an organisation that took the card over, is asked what came of it: until one of them told it."""
    took_over = any(offer["to"] == org and offer["acceptances"] for offer in card["handovers"])
    return took_over and is_asked(card, after_h, now_ms) and was_on(card, person) and not _said(card, "outcome.told", "org", org)


def is_asked(card: Mapping[str, Any], after_h: int, now_ms: int) -> bool:
    """Whether anybody is asked now: some hours after it closed, for two weeks. What is kept in peacetime is no event to look back on."""
    if not card["closed"] or after_h <= 0 or TYPES[card["type"]].get("retention") == "quiet":
        return False
    since_ms = now_ms - millis(card["closed"]["at"]) - after_h * HOUR_MS
    return 0 <= since_ms < ASKED_MS


def was_on(card: Mapping[str, Any], person: str) -> bool:
    if person in card["joined"] or any(one["person"] == person for one in [*card["present"], *card["left"]]):
        return True
    return any(item["by"] == person and item["kind"] not in NOT_WRITING for item in card["timeline"])


def _said(card: Mapping[str, Any], kind: str, field: str, who: str) -> bool:
    return any(item["kind"] == kind and item[field] == who for item in card["feedback"])
