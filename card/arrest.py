"""Arrest (aanhouding): somebody was taken into custody, and perhaps let go again (report 4.2.3). Described, never named.

It stands until somebody ends it. Whether there is ground to keep the person is the offence report's business (offence_report.py): as long as nobody
decided on that, the card says so (flags.py).
"""

from __future__ import annotations

from typing import Any

from card.entry import Entry
from card.gathered import Gathered


def arrests(log: Gathered) -> list[dict[str, Any]]:
    ends = {entry["body"]["arrest"]: entry for entry in reversed(log.of("arrest.ended"))}
    return [{"item": log.item(made), "ended": log.item(ends[made["id"]]) if made["id"] in ends else None} for made in log.of("arrest.made")]


def arrested(log: Gathered) -> list[Entry]:
    """The arrests that nobody ended, in reading order."""
    ended = {entry["body"]["arrest"] for entry in log.of("arrest.ended")}
    return [made for made in log.of("arrest.made") if made["id"] not in ended]
