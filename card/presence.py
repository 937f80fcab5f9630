"""Presence: who is here, and where they stand (report 3.1.3, 4.1.3). Per person the latest word counts."""

from __future__ import annotations

from typing import Any

from card.entry import Entry
from card.gathered import Gathered


def latest(log: Gathered) -> list[Entry]:
    """The last arrival or leaving of each person, in reading order of that last word."""
    last: dict[str, Entry] = {}
    for entry in log.of("presence.arrived", "presence.left"):
        last.pop(_who(entry), None)
        last[_who(entry)] = entry
    return list(last.values())


def present(log: Gathered) -> list[dict[str, Any]]:
    return [
        {
            **_named(entry),
            "role": entry["body"].get("role"),
            "position": entry["body"].get("position"),
            "since": entry["at"],
            "item": log.item(entry),
        }
        for entry in latest(log)
        if entry["kind"] == "presence.arrived"
    ]


def left(log: Gathered) -> list[dict[str, Any]]:
    return [
        {**_named(entry), "reason": entry["body"].get("reason"), "at": entry["at"], "item": log.item(entry)}
        for entry in latest(log)
        if entry["kind"] == "presence.left"
    ]


def organisation_of(entry: Entry) -> str:
    """The organisation somebody is here for: the one that is named, or else the writer's."""
    return _named(entry)["organisation"] or entry["org"]


def _who(entry: Entry) -> str:
    named = _named(entry)
    free = isinstance(entry["body"]["person"], dict)
    return f"{named['person']}\n{named['organisation'] or ''}" if free else str(named["person"])


def _named(entry: Entry) -> dict[str, Any]:
    person = entry["body"]["person"]
    if isinstance(person, dict):
        return {"person": person["name"], "organisation": person.get("organisation") or entry["body"].get("organisation")}
    return {"person": person, "organisation": entry["body"].get("organisation")}
