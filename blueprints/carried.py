"""Carried: what a card begins with that is opened from another one: where that is, whom it is about, and who is asked to it. Pure; twin of
static/worker/carried.js.
"""

from __future__ import annotations

from typing import Any

from card.fold import Card


def carried(card: Card | None, org: str, asked: str = "") -> dict[str, Any]:
    """For the form that opens a card: what stands in it, and which organisations of the other card can be on this one from the start. `asked`: the
    question whether one can go there (card/safety.py), when the card is about that place; `card` is None where there is no other one to be seen.
    """
    if card is None:
        return {"values": {}, "organisations": []}
    where = [one["item"]["body"]["where"] for one in card["safety"] if one["item"]["id"] == asked]
    return {
        "values": {"from": card["id"], "place": where[0] if where else card["place"], "about": card["about"] or ""},
        "organisations": [one for one in card["organisations"] if one != org],
    }


def shares(fields: dict[str, list[str]], card: Card | None, org: str) -> list[dict[str, Any]]:
    """Whom the person wants on the new card, as bodies of `card.shared`: only whom the other card names."""
    known = carried(card, org)["organisations"]
    return [{"organisation": one} for one in known if one in fields.get("with", [])]
