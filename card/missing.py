"""Missing person (vermist): what whoever misses somebody reports, who searches where, who was seen where, and being back (report 2.1.2, 4.2.1).

"Found" is what police or anybody else says; the organisation that reported is asked to confirm it. "Back" is the report-back, of either side: with it
the asking ends. Neither closes the card by itself: that is for a closing, and what is open stays open (card/closing.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.entry import Entry
from card.gathered import Gathered
from card.heads import heads
from card.language import normal
from card.vocabulary import KINDS

VITAL: list[str] = KINDS["missing.reported"]["vital"]["fields"]


def reporter(log: Gathered) -> str | None:
    """The organisation that misses somebody: whose report is the first."""
    first = next(iter(log.of("missing.reported")), None)
    return first["org"] if first else None


def is_back(log: Gathered) -> bool:
    return log.of("missing.back") != []


def missing(log: Gathered) -> dict[str, Any]:
    reports = log.of("missing.reported")
    return {
        "reporter": reporter(log),
        "since": reports[0]["at"] if reports else None,
        "heads": log.items(heads(reports)),
        "searches": _done(log, "search", log.of("search.agreed"), "search.done"),
        "sightings": log.items(log.of("sighting.noted")),
        "found": log.items(log.of("missing.found")),
        "back": log.items(log.of("missing.back")),
        "talks": _done(log, "talk", log.of("return_talk.agreed"), "return_talk.done"),
    }


def lacks(body: Mapping[str, Any]) -> list[str]:
    """What police need first and this report does not say, in the order of the form."""
    return [name for name in VITAL if not (isinstance(body.get(name), str | list) and body[name])]


def asks_to_confirm(card: Mapping[str, Any]) -> bool:
    """Somebody else says that the person was found, and whoever reported did not say yet that it is so. Of a folded card."""
    told = card["missing"]
    others = any(item["org"] != told["reporter"] for item in told["found"])
    return others and not told["back"] and not card["closed"]


def pattern(card: Mapping[str, Any], cards: list[Any]) -> list[dict[str, Any]]:
    """How often somebody called the same was missing before, the last first: of the folded cards that whoever looks may see."""
    alias = _called(card)
    same = [one for one in cards if alias and one["id"] != card["id"] and "missing" in one["types"] and _called(one) == alias]
    return [_earlier(one) for one in sorted(same, key=lambda one: one["id"], reverse=True)]


def _earlier(card: Mapping[str, Any]) -> dict[str, Any]:
    told = card["missing"]
    where = [item["body"].get("found_at") for item in told["back"]] + [item["body"]["where"] for item in told["found"]]
    return {
        "card": card["id"],
        "at": told["since"] or (card["opened"]["at"] if card["opened"] else None),
        "urgency": card["urgency"]["level"],
        "found": next((one for one in where if isinstance(one, str) and one), None),
        "back": told["back"][0]["at"] if told["back"] else None,
    }


def _called(card: Mapping[str, Any]) -> str:
    """What somebody is called on a card, as words alone: no capitals, no marks."""
    alias = card["about"]
    return normal(alias).replace(" . ", " ").strip() if isinstance(alias, str) else ""


def _done(log: Gathered, field: str, begun: list[Entry], ended: str) -> list[dict[str, Any]]:
    """Each with what was said last of how it ended, or None."""
    endings = log.by_link(field, ended)
    return [{"item": log.item(entry), "done": _last(log, endings.get(entry["id"], []))} for entry in begun]


def _last(log: Gathered, said: list[Entry]) -> dict[str, Any] | None:
    return log.item(said[-1]) if said else None
