"""Late (nagekomen): what reached the card after the closing that counts.

By the server's number where there is one, because that is the order of arrival; between entries without a number by their stamps. Only for
reading: what is late decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from card.closing import closing
from card.entry import Entry
from card.gathered import Gathered


def late(log: Gathered) -> Callable[[Entry], bool]:
    last = closing(log)
    if last is None:
        return lambda entry: False
    number = last.get("seq")
    if number is None:
        return lambda entry: entry["id"] != last["id"] and "seq" not in entry and entry["at"] > last["at"]
    return lambda entry: entry["id"] != last["id"] and entry.get("seq", number + 1) > number
