"""Gathered: a log made ready to fold. Every entry once, in reading order, by kind, and as the Item that screens show.

An entry that lacks what its kind cannot do without stays in the time line and means nothing to its subject: `of` leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from card.entry import Entry, canonical, is_sayable, means_something
from card.heads import by_text, in_order

Item = dict[str, Any]


class Gathered:
    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = in_order(each_once(map(_whole, entries)))
        self._by_kind: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if means_something(entry["kind"], entry["body"]):
                self._by_kind.setdefault(entry["kind"], []).append(entry)
        self._corrections = self.by_link("entry", "entry.corrected")
        self.is_late: Callable[[Entry], bool] = lambda entry: False

    def of(self, *kinds: str) -> list[Entry]:
        """The well-formed entries of these kinds, in reading order."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        return in_order(entry for kind in kinds for entry in self._by_kind.get(kind, []))

    def by_link(self, field: str, *kinds: str) -> dict[str, list[Entry]]:
        """The same by the entry that `field` of their body points at: who looks for the answers to each of many questions looks once."""
        pointing: dict[str, list[Entry]] = {}
        for entry in self.of(*kinds):
            pointing.setdefault(entry["body"][field], []).append(entry)
        return pointing

    def item(self, entry: Entry) -> Item:
        """An entry as people read it. What only the transport needs (seq, hash, device) is not in it."""
        return {
            "id": entry["id"],
            "kind": entry["kind"],
            "at": entry["at"],
            "by": entry["by"],
            "org": entry["org"],
            "audience": entry["audience"],
            "body": entry["body"],
            "late": self.is_late(entry),
            "corrections": [
                {"id": said["id"], "by": said["by"], "org": said["org"], "at": said["at"], "text": said["body"]["text"]}
                for said in self._corrections.get(entry["id"], [])
            ],
        }

    def items(self, entries: Iterable[Entry]) -> list[Item]:
        return [self.item(entry) for entry in entries]


def _whole(entry: Entry) -> Entry:
    """With the parts that have a default (PROTOCOL, "An entry")."""
    if entry.get("supersedes") is not None and entry.get("audience") is not None:
        return entry
    return {**entry, "supersedes": entry.get("supersedes") or [], "audience": entry.get("audience") or "all"}


def each_once(entries: Iterable[Entry]) -> list[Entry]:
    """One copy an id: what the server numbered goes before what it did not, the lowest number first; what JSON can say before what it cannot."""
    once: dict[str, Entry] = {}
    for entry in entries:
        known = once.get(entry["id"])
        if known is None or (known is not entry and _rank(entry) < _rank(known)):
            once[entry["id"]] = entry
    return list(once.values())


def _rank(entry: Entry) -> tuple[float, bool, bytes]:
    sayable = is_sayable(entry)
    return entry.get("seq", float("inf")), not sayable, by_text(canonical(entry).decode()) if sayable else b""
