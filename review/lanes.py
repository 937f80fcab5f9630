"""Lanes: for each organisation when somebody of it was there, how long others waited for it, and when it held the card. Each is bars in time.

Stamps of who wrote count here, because a review asks what people did; when others could see it is another question (`seen.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from card.clock import instant_ms
from card.entry import Entry, is_uuid7
from card.gathered import Gathered
from card.hlc import millis
from card.service_request import requests, service_owner
from review.holding import CHANGE_HOLDERS, holders_after_each
from review.period import period, stamp_ms, within

ROWS = ("holding", "waiting", "presence")


@dataclass(frozen=True, slots=True)
class Bar:
    """From when until when, in milliseconds. `overdue_ms`: since when somebody waits past the promised or agreed time."""

    begins_ms: int
    ends_ms: int
    overdue_ms: int | None = None


@dataclass(slots=True)
class Lane:
    """What there is of one organisation, or of a service of nobody with an account, by the name under which it was asked."""

    whose: str
    rows: dict[str, list[Bar]] = field(default_factory=lambda: {name: [] for name in ROWS})


def lanes(log: Gathered, now_ms: int) -> list[Lane]:
    """A lane for each that did something, in the order in which they came."""
    span = period(log, now_ms)
    found: dict[str, Lane] = {}
    for name, bars in (("holding", _held(log, span)), ("presence", _there(log, span)), ("waiting", _waited_for(log, span))):
        for whose, bar in bars:
            found.setdefault(whose, Lane(whose)).rows[name].append(bar)
    return sorted(found.values(), key=_first)


def _first(lane: Lane) -> tuple[int, str]:
    return min(bar.begins_ms for bars in lane.rows.values() for bar in bars), lane.whose


def _held(log: Gathered, span: tuple[int, int]) -> list[tuple[str, Bar]]:
    """Who holds the card changes at the opening and with answers to offers; in between it stays."""
    moments = [span[0], *(within(span, stamp_ms(entry)) for entry in log.of(*CHANGE_HOLDERS)), span[1]]
    begun: dict[str, int] = {}
    found: list[tuple[str, Bar]] = []
    for moment, now in zip(moments, [*holders_after_each(log), []], strict=True):
        found += [(org, Bar(begun.pop(org), moment)) for org in list(begun) if org not in now]
        for org in now:
            begun.setdefault(org, moment)
    return found


def _there(log: Gathered, span: tuple[int, int]) -> list[tuple[str, Bar]]:
    """An organisation is there while somebody of it is."""
    here: dict[str, dict[str, int]] = {}
    found: list[tuple[str, Bar]] = []
    writers = {entry["by"]: entry["org"] for entry in log.entries}
    for entry in log.of("presence.arrived", "presence.left"):
        who, org = _who(entry, writers)
        persons = here.setdefault(org, {}) if org else {}
        if entry["kind"] == "presence.arrived":
            persons.setdefault(who, within(span, stamp_ms(entry)))
        elif who in persons:
            found.append((org, Bar(persons.pop(who), within(span, stamp_ms(entry)))))
    found += [(org, Bar(since, span[1])) for org, persons in here.items() for since in persons.values()]
    bars_of: dict[str, list[Bar]] = {}
    for org, bar in found:
        bars_of.setdefault(org, []).append(bar)
    return [(org, bar) for org, bars in sorted(bars_of.items()) for bar in joined(bars)]


def _who(entry: Entry, writers: dict[str, str]) -> tuple[str, str]:
    """The person, and the organisation they are of; empty for a bystander. As card/presence.py `organisations_of` says."""
    person, said = entry["body"]["person"], entry["body"].get("organisation")
    named = said if isinstance(said, str) else ""
    if isinstance(person, dict):
        of = str(person.get("organisation") or named)
        return f"{person['name']}\n{of}", of
    return str(person), named or writers.get(person) or (entry["org"] if is_uuid7(person) else "")


def joined(bars: Iterable[Bar]) -> list[Bar]:
    """Bars that touch or overlap are one."""
    whole: list[Bar] = []
    for bar in sorted(bars, key=lambda bar: (bar.begins_ms, bar.ends_ms)):
        if whole and bar.begins_ms <= whole[-1].ends_ms:
            whole[-1] = Bar(whole[-1].begins_ms, max(whole[-1].ends_ms, bar.ends_ms))
        else:
            whole.append(bar)
    return whole


def _waited_for(log: Gathered, span: tuple[int, int]) -> list[tuple[str, Bar]]:
    found = []
    for request in requests(log):
        service = request["item"]["body"]["service"]
        begins = within(span, millis(request["asked"]))
        ends = max(begins, within(span, millis(request["ended"]) if request["ended"] else span[1]))
        due = instant_ms(request["due"])
        found.append((service_owner(service) or service, Bar(begins, ends, max(due, begins) if due < ends else None)))
    return found
