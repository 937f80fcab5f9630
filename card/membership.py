"""Membership: which organisations and persons are on a card (PROTOCOL, "Who is on a card"). It is in the log too.

An organisation is on it that opened the card, was put on it, is offered a handover or is asked as a service, unless it was taken off.
Where putting on and taking off did not see each other, what reached the server last counts, because a phone's clock may be off. The opener's
organisation stays. Who wrote before the opening arrived, and is not of the opener's organisation, put nobody on the card by that.
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
    opened_at = min(map(_number, openings), default=_NOT_NUMBERED)
    moves: dict[str, list[Entry]] = {}
    persons = {entry["by"] for entry in openings or log}
    for entry in log:
        body = entry["body"] if isinstance(entry["body"], dict) else {}
        if entry["kind"] == "card.joined" and isinstance(body.get("person"), str):
            persons.add(body["person"])
        named = body.get(_NAMED_IN[entry["kind"]]) if entry["kind"] in _NAMED_IN else None
        too_early = _number(entry) < opened_at < _NOT_NUMBERED and entry["org"] not in openers
        if isinstance(named, str) and named and not too_early:
            moves.setdefault(named, []).append(entry)
    on = openers | {name for name, about in moves.items() if sorted(heads(about), key=_number)[-1]["kind"] != "card.unshared"}
    return {"organisations": sorted(on, key=by_text), "persons": sorted(persons, key=by_text)}


_NOT_NUMBERED = float("inf")


def _number(entry: Entry) -> float:
    """The server's number; what it has not numbered yet comes after all that it has."""
    return entry.get("seq", _NOT_NUMBERED)
