"""Seen: since when each side could see an entry. Whoever wrote it saw it at once; others from when the server had it and somebody of theirs was on
the card. When they really looked is in the log of who read what (docs/decisions/0007-what-was-seen.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from card.entry import Entry
from card.membership import KINDS_OF_MEMBERSHIP, membership
from review.period import stamp_ms

SIDES = ("police", "care")
Change = tuple[int, frozenset[str]]


def seen_by_side(entries: Sequence[Entry], received_ms: Mapping[str, int], domains: Mapping[str, str]) -> dict[str, dict[str, int | None]]:
    """Per entry and side the first moment, in milliseconds, or None for never. `entries` in the order of their numbers."""
    changes = organisations_over_time(entries, received_ms)
    return {entry["id"]: {side: _first(entry, side, received_ms[entry["id"]], changes, domains) for side in SIDES} for entry in entries}


def organisations_over_time(entries: Sequence[Entry], received_ms: Mapping[str, int]) -> list[Change]:
    """Which organisations were on the card, or had somebody on it in person, since when; at every change."""
    moves: list[Entry] = []
    changes: list[Change] = []
    of = {entry["by"]: entry["org"] for entry in entries}
    for entry in entries:
        if entry["kind"] in KINDS_OF_MEMBERSHIP:
            moves.append(entry)
            members = membership(moves)
            changes.append((received_ms[entry["id"]], frozenset([*members["organisations"], *(of.get(person, "") for person in members["persons"])])))
    return changes


def _first(entry: Entry, side: str, received: int, changes: Iterable[Change], domains: Mapping[str, str]) -> int | None:
    if domains.get(entry["org"]) == side:
        return min(stamp_ms(entry), received)
    if entry["audience"] not in ("all", side):
        return None
    here: Change | None = None
    for change in changes:
        if change[0] > received:
            break
        here = change
    if here and _is_there(here, side, domains):
        return received
    return next((change[0] for change in changes if change[0] > received and _is_there(change, side, domains)), None)


def _is_there(change: Change, side: str, domains: Mapping[str, str]) -> bool:
    return any(domains.get(org) == side for org in change[1])
