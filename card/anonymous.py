"""Anonymous consultation (anoniem overleg): a card on which nobody is named; which fields are watched for that (report 2.2.3, 5.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.vocabulary import KINDS, WRITTEN


def watched(kind: str, anonymous: bool) -> list[str]:
    """The fields in which nobody should be named: what a card is called, always; every text of an anonymous consultation."""
    always = ["about"] if kind in ("card.opened", "missing.reported") else []
    texts = [name for name, field in KINDS[kind]["fields"].items() if field["type"] in WRITTEN]
    return texts if anonymous else always


def is_anonymous(card: Mapping[str, Any]) -> bool:
    """Whether a folded card was opened as an anonymous consultation."""
    opened = card["opened"] and card["opened"]["entry"]
    return any(item["id"] == opened and item["body"].get("anonymous") is True for item in card["timeline"])
