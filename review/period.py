"""Period: from when until when a card is looked at. From its opening until it closed; a card that is still open, until now."""

from __future__ import annotations

from card.closing import closing
from card.entry import Entry
from card.gathered import Gathered
from card.hlc import millis

MINUTE_MS = 60_000


def period(log: Gathered, now_ms: int) -> tuple[int, int]:
    """In milliseconds. Never shorter than nothing, whatever the clocks of phones say."""
    first = [*log.of("card.opened"), *log.entries][:1]
    begins = millis(first[0]["at"]) if first else now_ms
    last = closing(log)
    return begins, max(begins, millis(last["at"]) if last else now_ms)


def within(period: tuple[int, int], ms: int) -> int:
    """The moment itself, or the end of the period that it lies beyond."""
    return min(max(ms, period[0]), period[1])


def whole_minutes(begins_ms: int, ends_ms: int) -> int:
    return max(0, ends_ms - begins_ms) // MINUTE_MS


def stamp_ms(entry: Entry) -> int:
    return millis(entry["at"])
