"""Picture: the one shared idea of what the problem is (report 5.2.3)."""

from __future__ import annotations

from card.gathered import Gathered, Item
from card.heads import heads


def picture(log: Gathered) -> dict[str, list[Item]]:
    return {"heads": log.items(heads(log.of("picture.set")))}
