"""Reach: whom an entry is for when it is written, and what it may therefore replace. Pure; twin of static/worker/reach.js.

Two rules keep care and police from losing sight of what they share, and from seeing what is not for them. What speaks about another entry tells
nobody more than that entry does. And what somebody writes replaces only what is for the same people: of what others see too nobody loses sight, and
what is for fewer is not named in an entry that goes to more, because its id alone says that it is there. They stand beside each other.
"""

from __future__ import annotations

from typing import Any

from card.fold import Card
from card.vocabulary import AUDIENCES, KINDS

WITHIN = {"all": AUDIENCES, "police": ("police", "org"), "care": ("care", "org"), "org": ("org",)}


def item_of(card: Card, entry: object) -> dict[str, Any] | None:
    return next((item for item in card["timeline"] if item["id"] == entry), None)


def audiences(card: Card, kind: str, entry: object) -> tuple[str, ...]:
    """Whom an entry of this kind may be for; `entry` is what it speaks about."""
    about = item_of(card, entry) if KINDS[kind].get("audience_of") else None
    return WITHIN[about["audience"]] if about else AUDIENCES


def audience_of(card: Card, kind: str, body: dict[str, Any], asked: str | None) -> str:
    """What the writer chose where there is a choice; or else the same as what the entry speaks about; or else what the kind says."""
    may = audiences(card, kind, body.get(KINDS[kind].get("audience_of", "")))
    if KINDS[kind].get("choose_audience") and asked in may:
        return str(asked)
    return str(KINDS[kind]["audience"]) if may == AUDIENCES else may[0]


def replaced(card: Card, supersedes: list[str], audience: str) -> list[str]:
    """Of what the writer saw: what is for the same people as what comes in its place."""
    seen = {item["id"]: item["audience"] for item in card["timeline"] if item["id"] in supersedes}
    return [entry for entry in supersedes if seen.get(entry, audience) == audience]
