"""Presence: who is here, and where they stand (report 3.1.3, 4.1.3). Per person the latest word counts."""

from __future__ import annotations

from typing import Any

from card.entry import Entry, is_uuid7
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


def organisations_of(log: Gathered) -> dict[str, set[str]]:
    """For `arrived` and `left`: of which organisations somebody is here, and of which somebody went. A bystander is of none.

    The organisation of a person is the one that is named, or else the one they write for here, or (of who has an account and wrote nothing) the
    one that says that they came.
    """
    writers = {entry["by"]: entry["org"] for entry in log.entries}
    found: dict[str, set[str]] = {"arrived": set(), "left": set()}
    for entry in latest(log):
        named = _named(entry)
        org = named["organisation"] or writers.get(named["person"]) or (entry["org"] if is_uuid7(named["person"]) else None)
        if org:
            found[entry["kind"].removeprefix("presence.")].add(org)
    return found


def _who(entry: Entry) -> str:
    named = _named(entry)
    free = isinstance(entry["body"]["person"], dict)
    return f"{named['person']}\n{named['organisation'] or ''}" if free else str(named["person"])


def _named(entry: Entry) -> dict[str, Any]:
    person, said = entry["body"]["person"], entry["body"].get("organisation")
    organisation = said if isinstance(said, str) else None
    if isinstance(person, dict):
        return {"person": person["name"], "organisation": person.get("organisation") or organisation}
    return {"person": person, "organisation": organisation}
