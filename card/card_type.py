"""Card type: one log, another vocabulary (DESIGN, "The house"). An incident, or what is prepared and kept in peacetime (report 2.2.3, 4.1.3).

A card begins as what its opening says, and may turn into another: a plan becomes the live card at its start, a question becomes a visit. Everything
on it stays. Of turnings that did not see each other the one counts that asks most of people: the first in the order of `types.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.gathered import Gathered
from card.heads import heads
from card.vocabulary import TYPES


def card_types(log: Gathered) -> list[str]:
    """All that this card has been, the type it has now first."""
    opening = next(iter(log.of("card.opened")), None)
    began = [opening["body"].get("type")] if opening else []
    turned = log.of("card.turned")
    been = {_known(one) for one in [*began, *(entry["body"]["into"] for entry in turned)]} or {_known(None)}
    standing = [_known(entry["body"]["into"]) for entry in heads(turned)] or [_known(one) for one in began] or [_known(None)]
    now = min(standing, key=_rank)
    return [now, *sorted(been - {now}, key=_rank)]


def sections_of(card: Mapping[str, Any]) -> set[str]:
    """The sections of a folded card's page: those of its type, and of what it was before those that stay (`stays`)."""
    now, *before = card["types"]
    return {*TYPES[now]["sections"], *(name for type_ in before for name in TYPES[type_].get("stays", []))}


def on_home(card: Mapping[str, Any]) -> bool:
    """Whether a folded card is of now, and stands in the list that people begin with."""
    return bool(TYPES[card["type"]].get("home"))


def _known(type_: Any) -> str:
    return type_ if isinstance(type_, str) and type_ in TYPES else "incident"


def _rank(type_: str) -> int:
    return list(TYPES).index(type_)
