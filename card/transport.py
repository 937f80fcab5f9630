"""Transport: who drives, and why (report 4.1.2)."""

from __future__ import annotations

from card.entry import Entry
from card.gathered import Gathered, Item
from card.heads import heads


def transport_heads(log: Gathered) -> list[Entry]:
    return heads(log.of("transport.chosen"))


def transport(log: Gathered) -> dict[str, list[Item]]:
    return {"heads": log.items(transport_heads(log))}
