"""Agreement: who does what, and until when by the clock (report 3.1.3, 4.1.3)."""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered


def agreements(log: Gathered) -> list[dict[str, Any]]:
    done = {entry["body"]["agreement"]: entry for entry in reversed(log.of("agreement.done"))}
    return [{"item": log.item(made), "done": log.item(done[made["id"]]) if made["id"] in done else None} for made in log.of("agreement.made")]
