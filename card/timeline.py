"""Time line: every entry, in reading order (DESIGN, "How it looks")."""

from __future__ import annotations

from card.gathered import Gathered, Item


def timeline(log: Gathered) -> list[Item]:
    return log.items(log.entries)
