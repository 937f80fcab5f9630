"""Membership: which organisations and persons are on a card (PROTOCOL, "Who is on a card"). It is in the log too.

An organisation is on it that opened the card, was put on it, is offered a handover, is asked as a service or is sent a care report, unless it was
taken off.
Where putting on and taking off did not see each other, what reached the server last counts, because a phone's clock may be off. The opener's
organisation stays, and so does the opener. Who wrote before the opening arrived, and is not of the opener's organisation, put nobody on the card
by that. Who came by code is on it as a person until somebody takes them off. Who wrote on it is known too: in an organisation with a rota that
keeps the card theirs after their duty (card/access.py). A lead who looked at a card did not write on it.
A card whose opening has not arrived is known to those who wrote on it, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from card.entry import MAX_NAME, Entry
from card.heads import by_text, heads
from card.service_request import service_owner

KINDS_OF_MEMBERSHIP = (
    "card.opened", "card.shared", "card.unshared", "card.joined", "card.removed", "handover.offered", "service.requested",
    "care_report.sent",
)  # fmt: skip
NOT_WRITING = ("card.looked",)
_NAMED_IN = {
    "card.shared": "organisation", "card.unshared": "organisation", "handover.offered": "to", "service.requested": "service",
    "care_report.sent": "to",
}  # fmt: skip


class Membership(TypedDict):
    organisations: list[str]
    persons: list[str]
    writers: list[str]


def removed(entries: Iterable[Entry]) -> set[str]:
    """The persons who were taken off and have not joined again since."""
    turns: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry["kind"] in ("card.joined", "card.removed") and (person := _named(entry, "person")):
            turns.setdefault(person, []).append(entry)
    return {person for person, about in turns.items() if _last(about)["kind"] == "card.removed"}


def moves(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """What puts each organisation on a card or takes it off, as far as it counts. A name that is too long for any organisation is nobody's: somebody
    may type the name of a service, and older logs have such names of organisations.
    """
    log = list(entries)
    openings = [entry for entry in log if entry["kind"] == "card.opened"]
    openers = {entry["org"] for entry in openings}
    opened_at = min(map(_number, openings), default=_NOT_NUMBERED)
    found: dict[str, list[Entry]] = {}
    for entry in log:
        named = _organisation_in(entry)
        too_early = _number(entry) < opened_at < _NOT_NUMBERED and entry["org"] not in openers
        if 0 < len(named) <= MAX_NAME and not too_early:
            found.setdefault(named, []).append(entry)
    return found


def membership(entries: Iterable[Entry]) -> Membership:
    log = list(entries)
    openings = [entry for entry in log if entry["kind"] == "card.opened"]
    openers = {entry["org"] for entry in openings}
    on = openers | {name for name, about in moves(log).items() if _last(about)["kind"] != "card.unshared"}
    off = removed(log)
    joined = {_named(entry, "person") for entry in log if entry["kind"] == "card.joined"} - off - {""}
    persons = {entry["by"] for entry in openings or log} | joined
    writers = {entry["by"] for entry in log if entry["kind"] not in NOT_WRITING} - off
    return {"organisations": sorted(on, key=by_text), "persons": sorted(persons, key=by_text), "writers": sorted(writers, key=by_text)}


_NOT_NUMBERED = float("inf")


def _organisation_in(entry: Entry) -> str:
    """Which organisation an entry speaks of, on a card or off; of a service the one whose it is."""
    named = _named(entry, _NAMED_IN.get(entry["kind"]))
    return service_owner(named) if entry["kind"] == "service.requested" else named


def _last(about: list[Entry]) -> Entry:
    """Of those that did not see each other, the one that reached the server last."""
    return sorted(heads(about), key=_number)[-1]


def _number(entry: Entry) -> float:
    """The server's number; what it has not numbered yet comes after all that it has."""
    return entry.get("seq", _NOT_NUMBERED)


def _named(entry: Entry, field: str | None) -> str:
    body = entry["body"] if isinstance(entry["body"], dict) else {}
    named = body.get(field) if field else None
    return named if isinstance(named, str) else ""
