"""Begin: what a situation of this type asks first, as far as nobody wrote it yet (report tables 1 and 2; `vocabulary/begins.json`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.vocabulary import BEGINS


def begins(card: Mapping[str, Any]) -> list[dict[str, str]]:
    """What to begin with on a folded card: [{"kind", "for"}], `for` only where the kind has one; nothing once somebody closed it."""
    situation = card["situation"].replace("-", "_") if isinstance(card["situation"], str) else ""
    ended = any(item["kind"] == "card.closed" for item in card["timeline"])
    return [one for one in BEGINS.get(situation, []) if not ended and not any(_is_it(item, one) for item in card["timeline"])]


def _is_it(item: Mapping[str, Any], one: Mapping[str, str]) -> bool:
    return bool(item["kind"] == one["kind"] and ("for" not in one or (isinstance(item["body"], dict) and item["body"].get("for") == one["for"])))
