"""Opening: what the card is about (PROTOCOL, `card.opened`). Of several openings the first in reading order; of none, nothing."""

from __future__ import annotations

from typing import Any

from card.card_type import card_types
from card.gathered import Gathered


def opening(log: Gathered) -> dict[str, Any]:
    first = next(iter(log.of("card.opened")), None)
    body, types = first["body"] if first else {}, card_types(log)
    return {
        "id": first["card"] if first else (log.entries[0]["card"] if log.entries else None),
        "type": types[0],
        "types": types,
        **{name: body.get(name) for name in ("situation", "place", "about", "lat", "lng")},
        "opened": first and {"entry": first["id"], "at": first["at"], "by": first["by"], "org": first["org"]},
    }
