"""Anonymous: a card told without anybody in it, to learn from: who is a side with a letter and a number, when is how long after the beginning.

Only what the vocabulary itself says stays: kinds, choices, yes or no, numbers of minutes and days. Nothing that somebody typed is kept, not even
shortened: a text in which no name stands may still be known by who was there. A situation or a choice that the vocabulary does not know was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from card.clock import instant_ms
from card.entry import Entry, are_minutes, is_instant
from card.gathered import Gathered
from card.hlc import millis
from card.opening import opening
from card.service_request import service_owner
from card.vocabulary import KINDS, SITUATIONS, WRITTEN
from review.period import MINUTE_MS

KNOWN = frozenset(slug for context in SITUATIONS for group in context["groups"] for slug in group["types"])
# Where is not told, also not in numbers.
PLACING = ("lat", "lng")


def anonymous(log: Gathered, domains: Mapping[str, str]) -> dict[str, Any]:
    """`domains`: the side of each organisation. `minutes` from the first entry to the last; `lines` in reading order.

    A line: {"minute", "who": {"side", "letter", "number"}, "kind", "facts": [{"field", and one of "choices", "is", "number", "minutes", "after",
    "who"}], "left_out"}; `left_out` is how many texts were written there.
    """
    cast = _Cast(domains)
    begins = millis(log.entries[0]["at"]) if log.entries else 0
    lines = [_line(entry, begins, cast) for entry in log.entries if entry["kind"] in KINDS]
    said = opening(log)
    return {
        "type": said["type"],
        "situation": said["situation"] if said["situation"] in KNOWN else None,
        "minutes": lines[-1]["minute"] if lines else 0,
        "lines": lines,
    }


class _Cast:
    """Who is who, in the order in which they come onto the stage."""

    def __init__(self, domains: Mapping[str, str]) -> None:
        self.domains = domains
        self.letters: dict[str, str] = {}
        self.numbers: dict[str, dict[str, int]] = {}

    def organisation(self, org: str) -> dict[str, Any]:
        letter = self.letters.setdefault(org, _letter(len(self.letters)))
        return {"side": self.domains.get(org, "other"), "letter": letter, "number": None}

    def person(self, person: str, org: str) -> dict[str, Any]:
        there = self.numbers.setdefault(org, {})
        return {**self.organisation(org), "number": there.setdefault(person, len(there) + 1)}


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"{_letter(number // 26 - 1)}{_letter(number % 26)}"


def _line(entry: Entry, begins: int, cast: _Cast) -> dict[str, Any]:
    body = entry["body"]
    fields = {name: field for name, field in KINDS[entry["kind"]]["fields"].items() if body.get(name) is not None}
    return {
        "minute": (millis(entry["at"]) - begins) // MINUTE_MS,
        "who": cast.person(entry["by"], entry["org"]),
        "kind": entry["kind"],
        "facts": [fact for name, field in fields.items() for fact in _fact(name, field, body[name], begins, cast)],
        "left_out": sum(field["type"] in WRITTEN and not field.get("names") for field in fields.values()),
    }


def _fact(name: str, field: Mapping[str, Any], value: Any, begins: int, cast: _Cast) -> Iterator[dict[str, Any]]:
    said = _said(name, field, value, begins, cast)
    if said:
        yield {"field": name, **said}


def _said(name: str, field: Mapping[str, Any], value: Any, begins: int, cast: _Cast) -> dict[str, Any]:
    type_ = field["type"]
    if type_ in ("choice", "choices"):
        chosen = [one for one in (value if isinstance(value, list) else [value]) if one in field["choices"]]
        return {"choices": chosen} if chosen else {}
    if type_ == "bool" and isinstance(value, bool):
        return {"is": value}
    if type_ == "number" and name not in PLACING and isinstance(value, int | float) and not isinstance(value, bool):
        return {"number": value}
    if type_ == "minutes" and are_minutes(value):
        return {"minutes": [int(one) for one in value]}
    if type_ == "instant" and is_instant(value):
        return {"after": (instant_ms(value) - begins) // MINUTE_MS}
    if isinstance(value, str) and (type_ == "organisation" or field.get("names") == "service"):
        return {"who": cast.organisation(service_owner(value) if field.get("names") else value)}
    return {}
