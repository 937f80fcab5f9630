"""Agenda: the events of a calendar, of one person or of an organisation as a whole, from the cards that they may see.

A title names an organisation that has an account, and nothing else: a place or a text on a card may say who it is about.
"""

from __future__ import annotations

from typing import Any

from blueprints import ceremony, seeing, server
from blueprints.engine import words
from blueprints.visits_screen import agenda
from card.fold import Card
from export.calendar import Event
from store import log, people

TYPES = ("visit", "contact", "plan")


def rows(whole: bool) -> list[dict[str, Any]]:
    """{what, card, id, on, whom}, by day. Every card of which something is told was seen, and is written down."""
    cards, viewer = server.folded_of_type(*TYPES), server.viewer()
    frame = {"viewer": {"person": viewer.person, "domain": viewer.domain}, "now": server.now_ms()}
    found = [*agenda(frame=frame, cards=cards, whole=whole), *filter(None, map(starts, cards))]
    told = {row["card"] for row in found}
    seeing.saw_list([(card, log.standing(viewer, card)) for card in sorted(told)], where="calendar")
    return found


def starts(card: Card) -> dict[str, Any] | None:
    """A joint action that did not begin yet."""
    moment = card["action"]["starts"]
    if card["type"] != "plan" or card["closed"] or moment is None:
        return None
    return {"what": "plan", "card": card["id"], "id": card["id"], "on": moment, "whom": ""}


def events(whole: bool) -> list[Event]:
    names = {one["id"]: one["name"] for one in people.organisations()}
    return [event(row, names) for row in rows(whole)]


def event(row: dict[str, Any], names: dict[str, str]) -> Event:
    said, whom = words("nl"), names.get(row["whom"], "")
    title = said[f"calendar.{row['what']}"] + (f": {whom}" if whom else "")
    return Event(f"{row['what']}-{row['id']}", row["on"], title, f"{ceremony.origin()}/cards/{row['card']}")
