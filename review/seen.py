"""Seen: since when each side could see an entry. Whoever wrote it saw it at once; others from when the server had it and somebody of theirs was on
the card. When they really looked is in the log of who read what (docs/decisions/0007-what-was-seen.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from card.entry import Entry
from card.membership import KINDS_OF_MEMBERSHIP
from review.over_time import OverTime, PersonsOverTime
from review.period import stamp_ms

SIDES = ("police", "care")


class Presence:
    """When anybody of a side was on the card: at each change the latest moment so far, and the next change at which somebody of it is there."""

    def __init__(self, changes: Sequence[tuple[int, bool]]) -> None:
        self.changes = changes
        self.latest = list(accumulate((moment for moment, _ in changes), max))
        self.next_there: list[int | None] = [None] * (len(changes) + 1)
        for place in range(len(changes) - 1, -1, -1):
            self.next_there[place] = place if changes[place][1] else self.next_there[place + 1]

    def first_after(self, received: int) -> int | None:
        """From when the side could see what the server got at this moment; None for never."""
        place = bisect_right(self.latest, received)
        if place and self.changes[place - 1][1]:
            return received
        there = self.next_there[place]
        while there is not None and self.changes[there][0] <= received:
            there = self.next_there[there + 1]
        return None if there is None else self.changes[there][0]


def seen_by_side(entries: Sequence[Entry], received_ms: Mapping[str, int], domains: Mapping[str, str]) -> dict[str, dict[str, int | None]]:
    """Per entry and side the first moment, in milliseconds, or None for never. `entries` in the order of their numbers."""
    there = presence_of_sides(entries, received_ms, domains)
    return {entry["id"]: {side: _first(entry, side, received_ms[entry["id"]], there[side], domains) for side in SIDES} for entry in entries}


def presence_of_sides(entries: Sequence[Entry], received_ms: Mapping[str, int], domains: Mapping[str, str]) -> dict[str, Presence]:
    """Of each side: whether an organisation of it was on the card, or had somebody on it in person, at every change."""
    on, persons = OverTime(), PersonsOverTime({entry["by"]: entry["org"] for entry in entries})
    changes: dict[str, list[tuple[int, bool]]] = {side: [] for side in SIDES}
    known = {side: {org for org, domain in domains.items() if domain == side} for side in SIDES}
    for entry in entries:
        if entry["kind"] in KINDS_OF_MEMBERSHIP:
            on.add(entry)
            persons.add(entry)
            in_person = persons.organisations
            for side, theirs in known.items():
                here = not theirs.isdisjoint(in_person) or any(org in on.organisations for org in theirs)
                changes[side].append((received_ms[entry["id"]], here))
    return {side: Presence(told) for side, told in changes.items()}


def _first(entry: Entry, side: str, received: int, there: Presence, domains: Mapping[str, str]) -> int | None:
    if domains.get(entry["org"]) == side:
        return min(stamp_ms(entry), received)
    return there.first_after(received) if entry["audience"] in ("all", side) else None
