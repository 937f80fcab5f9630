"""Missed: what a card says about a missing person, for who looks. Pure; twin of static/worker/missed.js."""

from __future__ import annotations

from typing import Any

from card.fold import Card
from card.missing import VITAL, asks_to_confirm, lacks, pattern
from card.vocabulary import KINDS

REPORTED = KINDS["missing.reported"]["fields"]
# What a report says elsewhere on its page, or about itself.
APART = ("about", "ground", "unknown")


def facts(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """`confirm`: who looks is asked whether the person is back."""
    return {
        "missing_reports": [report(item) for item in card["missing"]["heads"]],
        "missing_earlier": pattern(card, frame.get("missing_cards", [])),
        "confirm_back": asks_to_confirm(card) and card["missing"]["reporter"] == frame["viewer"]["org"],
        "decides_urgency": frame["viewer"]["domain"] == KINDS["urgency.judged"]["only"],
    }


def report(item: dict[str, Any]) -> dict[str, Any]:
    """A report with what it says and what police need and it lacks, in the order of the form."""
    missing = lacks(item["body"])
    names = [name for name in REPORTED if name not in APART and (item["body"].get(name) or name in missing)]
    return {"item": item, "rows": [{"name": name, "missing": name in missing} for name in names], "lacks": missing}


def summary(frame: dict[str, Any], card: Card) -> dict[str, Any]:
    """In a list: how urgent, since when, and whether this organisation is asked to confirm."""
    told = card["missing"]
    return {
        "urgency": card["urgency"]["level"],
        "missing_since": told["since"],
        "back": told["back"][-1] if told["back"] else None,
        "confirm_back": asks_to_confirm(card) and told["reporter"] == frame["viewer"]["org"],
    }


def begun(card: Card) -> dict[str, list[str]]:
    """What the form begins with when a report is told again: what it said last."""
    heads = card["missing"]["heads"]
    body = heads[-1]["body"] if heads else {}
    fields = {name: body[name] for name in REPORTED if name not in ("ground", "unknown") and body.get(name)}
    told = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {name: texts for name, texts in told.items() if all(isinstance(text, str) for text in texts)}


def closing(card: Card, kind: str, words: dict[str, str]) -> dict[str, Any] | None:
    """Reporting back closes the card as well, where nothing on it is open that its writer must look at first."""
    closes = KINDS[kind].get("closes") and not card["closed"] and not card["duties"]
    return {"outcome": words["missing.outcome"]} if closes else None


def is_vital(kind: str, name: str) -> bool:
    """Whether others need this first (`vital` in kinds.json)."""
    return kind == "missing.reported" and name in VITAL
