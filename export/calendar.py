"""Calendar: what has a day, as iCalendar (RFC 5545) for the calendar that somebody looks at anyway.

A calendar program may keep it with a company that nobody here knows, and show it on a wall. So an event says what kind of thing it is, with which
organisation, and where to open it; nothing that anybody wrote on a card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

MIMETYPE = "text/calendar"
REFRESH = timedelta(hours=1)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """`on`: a day, "2026-12-01", or the instant at which it starts. `id` stays the same as long as it is the same thing."""

    id: str
    on: str
    title: str
    address: str


def calendar(name: str, events: Iterable[Event], made_ms: int) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", "-//Motorkap//NL")
    made.add("version", "2.0")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for event in events:
        made.add_component(_event(event, datetime.fromtimestamp(made_ms / 1000, UTC).replace(microsecond=0)))
    return bytes(made.to_ical())


def _event(event: Event, made: datetime) -> icalendar.Event:
    one = icalendar.Event()
    one.add("uid", f"{event.id}@motorkap")
    one.add("dtstamp", made)
    if "T" in event.on:
        start = datetime.fromisoformat(event.on).astimezone(UTC)
        one.add("dtstart", start)
        one.add("dtend", start + AN_HOUR)
    else:
        one.add("dtstart", date.fromisoformat(event.on))
        one.add("dtend", date.fromisoformat(event.on) + timedelta(days=1))
        one.add("transp", "TRANSPARENT")
    one.add("summary", event.title)
    one.add("url", event.address)
    one.add("class", "PRIVATE")
    return one
