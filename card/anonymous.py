"""Anonymous consultation (anoniem overleg): a card on which nobody is named; which fields are watched for that (report 2.2.3, 5.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.identifying import identifying
from card.vocabulary import KINDS, WRITTEN

# What says by itself who or where somebody is; an anonymous visit holds none of it.
NAMING = ("name", "agreed", "lat", "lng")


def watched(kind: str, anonymous: bool) -> list[str]:
    """The fields in which nobody should be named: what a card is called, always; every text of an anonymous consultation."""
    always = ["about"] if kind in ("card.opened", "missing.reported") else []
    texts = [name for name, field in KINDS[kind]["fields"].items() if field["type"] in WRITTEN]
    return texts if anonymous else always


def is_anonymous(card: Mapping[str, Any]) -> bool:
    """Whether a folded card was opened as an anonymous consultation."""
    opened = card["opened"] and card["opened"]["entry"]
    return any(item["id"] == opened and item["body"].get("anonymous") is True for item in card["timeline"])


def refused(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What an anonymous visit may not hold, per field: there a text that names somebody is not doubted but refused, by phone and server alike."""
    visits = kind != "card.opened" or body.get("type") == "visit"
    if body.get("anonymous") is not True or not visits or "anonymous" not in KINDS[kind]["fields"]:
        return {}
    named = [name for name in watched(kind, True) if isinstance(body.get(name), str) and identifying(body[name])]
    naming = [name for name in NAMING if body.get(name) is not None and name in KINDS[kind]["fields"]]
    return {**dict.fromkeys(named, "identifies"), **dict.fromkeys(naming, "no_names_here")}
