"""Consulted: which questions between the two sides wait for whom, and which wait too long. Pure; twin of static/worker/consulted.js."""

from __future__ import annotations

from typing import Any

from card.clock import date
from card.fold import Card
from card.rhythm import is_overdue


def questions(frame: dict[str, Any], card: Card) -> list[dict[str, Any]]:
    """The questions of a card; `ours`: this viewer's organisation is asked and did not answer."""
    return [{**one, "late": _is_late(frame, card, one), "ours": _is_ours(one, frame["viewer"]["org"])} for one in card["consultations"]]


def is_asked(card: Card, org: str) -> bool:
    """Whether something on this card waits for an answer of this organisation."""
    return not card["closed"] and any(_is_ours(one, org) for one in card["consultations"])


def row(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """A card in the list of questions. `group`: late, for_us, by_us or answered."""
    told = questions(frame, card)
    return {
        **{name: card[name] for name in ("id", "place", "about", "organisations")},
        "question": told[-1]["item"]["body"]["text"] if told else None,
        "due": next((one["due"] for one in told if not one["answers"]), None),
        "group": _group(card, told),
    }


def to_share(card: Card, kind: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Whom an entry of this kind puts on the card with it, as bodies of `card.shared`: whoever is asked something must be able to read it."""
    asked = body.get("to") if kind == "consultation.asked" else None
    return [{"organisation": asked}] if asked and asked not in card["organisations"] else []


def _group(card: Card, told: list[dict[str, Any]]) -> str:
    if any(one["late"] for one in told):
        return "late"
    if card["closed"] or (told and all(one["answers"] for one in told)):
        return "answered"
    return "for_us" if any(one["ours"] for one in told) else "by_us"


def _is_late(frame: dict[str, Any], card: Card, one: dict[str, Any]) -> bool:
    due = one["due"]
    return not one["answers"] and not card["closed"] and isinstance(due, str) and is_overdue(due, date(f"{frame['now']:013d}-"))


def _is_ours(one: dict[str, Any], org: str) -> bool:
    return bool(one["item"]["body"]["to"] == org and not one["answers"])
