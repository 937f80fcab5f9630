"""Against the guide: what a situation of this type asks first (card/begin.py), and the steps of the guides for it, next to what was written.

That nothing was written does not say that nothing was done; a review asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from card.guides import plain
from card.vocabulary import BEGINS


def beginnings(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a situation of this type asks first: {"kind", "for", "item"}, the first entry that is it, or None."""
    slug = card["situation"].replace("-", "_") if isinstance(card["situation"], str) else ""
    return [{**one, "item": next((item for item in card["timeline"] if _is_it(item, one)), None)} for one in BEGINS.get(slug, [])]


def _is_it(item: Mapping[str, Any], one: Mapping[str, str]) -> bool:
    body = item["body"] if isinstance(item["body"], dict) else {}
    return bool(item["kind"] == one["kind"] and ("for" not in one or body.get("for") == one["for"]))


def steps(guides: Sequence[Mapping[str, Any]], card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each guide with its steps, and of a step the agreement that was made of it on the card, if there is one."""
    made = {plain(agreement["item"]["body"]["what"]): agreement for agreement in reversed(card["agreements"])}
    made.pop("", None)
    return [{**guide, "steps": [{**step, "agreement": made.get(plain(step["text"]))} for step in guide["steps"]]} for guide in guides]
