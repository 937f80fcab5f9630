"""Heads: the entries of a subject that no other entry of that subject supersedes (PROTOCOL, "Fold").

One head is the value. More heads are people who judged without having seen each other; nobody's judgement is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from card.entry import Entry


def by_text(text: str) -> bytes:
    """What text sorts by: UTF-16 unit by unit, as JavaScript compares, and not by code point, as Python does."""
    return text.encode("utf-16-be", "surrogatepass")


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By hybrid clock, then id: the order in which people read."""
    return sorted(entries, key=lambda entry: (entry["at"], entry["id"]))


def heads(entries: Iterable[Entry]) -> list[Entry]:
    """Never empty when there are entries: where all supersede each other in a circle, all of them stand."""
    subject = list(entries)
    replaced = {old for entry in subject for old in entry["supersedes"] if old != entry["id"]}
    standing = [entry for entry in subject if entry["id"] not in replaced]
    return in_order(standing or subject)
