"""Membership: which organisations and persons are on a card (PROTOCOL, "Who is on a card"). It is in the log too.

An organisation is on it that opened the card, was put on it, is offered a handover or is asked as a service, unless it was taken off.
Where putting on and taking off did not see each other, the later one counts. The opener's organisation stays.
A card whose opening has not arrived is known to those who wrote on it, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from card.entry import Entry
from card.heads import by_text, heads

KINDS_OF_MEMBERSHIP = (
    "card.opened", "card.shared", "card.unshared", "card.joined", "handover.offered", "service.requested",
)  # fmt: skip
_NAMED_IN = {"card.shared": "organisation", "card.unshared": "organisation", "handover.offered": "to", "service.requested": "service"}


class Membership(TypedDict):
    organisations: list[str]
    persons: list[str]


def membership(entries: Iterable[Entry]) -> Membership:
    log = list(entries)
    openings = [entry for entry in log if entry["kind"] == "card.opened"]
    openers = {entry["org"] for entry in openings}
    moves: dict[str, list[Entry]] = {}
    persons = {entry["by"] for entry in openings or log}
    for entry in log:
        body = entry["body"] if isinstance(entry["body"], dict) else {}
        if entry["kind"] == "card.joined" and isinstance(body.get("person"), str):
            persons.add(body["person"])
        named = body.get(_NAMED_IN[entry["kind"]]) if entry["kind"] in _NAMED_IN else None
        if isinstance(named, str) and named:
            moves.setdefault(named, []).append(entry)
    on = openers | {name for name, about in moves.items() if heads(about)[-1]["kind"] != "card.unshared"}
    return {"organisations": sorted(on, key=by_text), "persons": sorted(persons, key=by_text)}
