"""Accord (afspraak op persoon of plaats): what two sides agreed about somebody or about a place, until a day (report 4.1.3, 2.1.4).

A renewal is a new version, and asks both sides again. Withdrawn is withdrawn at once: also when somebody renewed it without having seen that, because
who gave consent to a crisis card may take it back at any moment. Only who has seen the withdrawal can agree anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from card.address import same_address, within_reach
from card.clock import date
from card.entry import trimmed
from card.gathered import Gathered
from card.heads import heads

RENEW_DAYS = 30


def accord(log: Gathered) -> dict[str, Any]:
    standing = heads(log.of("accord.set", "accord.withdrawn"))
    withdrawn = [entry for entry in standing if entry["kind"] == "accord.withdrawn"]
    versions = [] if withdrawn else standing
    return {
        "versions": log.items(versions),
        "withdrawn": log.items(withdrawn),
        "agreed": [
            {"accord": entry["body"]["accord"], "by": entry["by"], "org": entry["org"], "at": entry["at"]} for entry in log.of("accord.agreed")
        ],
        "until": min((entry["body"]["valid_until"] for entry in versions), default=None),
    }


def lasts(card: Mapping[str, Any], now_ms: int) -> bool:
    """Whether an agreement has not ended today: the day until which it holds is one of them."""
    until = card["accord"]["until"]
    return until is not None and date(f"{now_ms:013d}-") <= until


def holds(card: Mapping[str, Any], now_ms: int) -> bool:
    """Whether it counts today: a card that somebody closed agrees nothing any more."""
    return lasts(card, now_ms) and not card["closed"]


def that_fit(card: Mapping[str, Any], accords: Iterable[Mapping[str, Any]], now_ms: int) -> list[Mapping[str, Any]]:
    """Of these folded cards of agreements those that hold and are about the place or the person of a card."""
    return [one for one in accords if one["id"] != card["id"] and holds(one, now_ms) and (_same_place(card, one) or _same_person(card, one))]


def _same_place(card: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return same_address(_said(card["place"]), _said(other["place"])) or within_reach(card, other)


def _same_person(card: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """By alias, written the same but for capitals and spaces: somebody chose it to be known by."""
    alias = _plain(other["about"])
    return len(alias) > 1 and alias == _plain(card["about"])


def _plain(text: Any) -> str:
    return " ".join(part for part in _said(text).lower().split(" ") if part)


def _said(text: Any) -> str:
    return trimmed(text) if isinstance(text, str) else ""
