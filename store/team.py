"""Team: the persons of a lead's team, and who of them was on duty for a card. What follows from it is `is_of_team` in card/access.py.

Somebody was on duty for a card when they had duty while their organisation was on it and it was not closed yet. The server's times count,
because a phone's clock may be off. Where everybody is always on duty nobody says so, and nobody is on a card by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, bindparam, or_, select

from card.access import Viewer, is_of_team
from card.closing import closed
from card.entry import Entry
from card.gathered import Gathered
from card.membership import KINDS_OF_MEMBERSHIP, Membership
from review.over_time import OverTime
from store.models import Card, CardOrganisation, CardPerson, DutyPeriod, EntryRow, Person

MANY = 100

_TEAM = (Person.org == bindparam("org"), or_(bindparam("team") == "", Person.team == bindparam("team")))
_AMONG = select(Person.id).where(Person.id.in_(bindparam("people", expanding=True)), *_TEAM)
_SERVED = select(DutyPeriod.person).join(Person, Person.id == DutyPeriod.person)
_SERVED = _SERVED.where(*_TEAM, DutyPeriod.from_ms <= bindparam("last"), DutyPeriod.until_ms > bindparam("first"))
_LOG = select(EntryRow.document, EntryRow.seq, EntryRow.received).where(EntryRow.card == bindparam("card")).order_by(EntryRow.seq)
_OF_ORGANISATION = (
    select(Card.id)
    .where(
        Card.opened,
        Card.id < bindparam("before"),
        or_(
            Card.id.in_(select(CardOrganisation.card).where(CardOrganisation.organisation == bindparam("org"))),
            Card.id.in_(select(CardPerson.card).join(Person, Person.id == CardPerson.person).where(Person.org == bindparam("org"))),
        ),
    )
    .order_by(Card.id.desc())
    .limit(MANY)
)


def cards_of_organisation(connection: Connection, viewer: Viewer, before: str) -> list[str]:
    """Cards among which those of the viewer's team are, newest first: their organisation is on them, or somebody of it in person."""
    return list(connection.scalars(_OF_ORGANISATION, {"org": viewer.org, "before": before}))


def on_it(connection: Connection, viewer: Viewer, members: Membership, card: str, now_ms: int) -> tuple[list[str], list[str]]:
    """The viewer's team as far as it is or was on this card, and those of it who were on duty for it, which is looked for only where it matters."""
    team = _among(connection, viewer, [*members["persons"], *members["writers"]])
    if is_of_team(viewer, members, team, []) or viewer.org not in members["organisations"]:
        return team, []
    served = _served(connection, viewer, card, now_ms)
    return [*team, *served], served


def _among(connection: Connection, viewer: Viewer, people: Iterable[str]) -> list[str]:
    return list(connection.scalars(_AMONG, {"people": sorted(set(people)), **_whose(viewer)}))


def _served(connection: Connection, viewer: Viewer, card: str, now_ms: int) -> list[str]:
    rows = connection.execute(_LOG, {"card": card}).all()
    entries = [cast(Entry, {**json.loads(row.document), "seq": row.seq}) for row in rows]
    received = {entry["id"]: _ms(row.received) for entry, row in zip(entries, rows, strict=True)}
    end = closed(Gathered(entry for entry in entries if entry["audience"] == "all"))  # as in the rows of store/closed_cards.py
    asked = {"first": received[comings(entries)[viewer.org]], "last": received[end["entry"]] if end else now_ms, **_whose(viewer)}
    return sorted(set(connection.scalars(_SERVED, asked)))


def comings(entries: Sequence[Entry]) -> dict[str, str]:
    """By which entry each organisation that ever was on the card came on it: of all of them in one pass."""
    on, found = OverTime(), dict[str, str]()
    for entry in entries:
        if entry["kind"] in KINDS_OF_MEMBERSHIP:
            for org in on.add(entry):
                if org in on.organisations:
                    found.setdefault(org, entry["id"])
    return found


def _whose(viewer: Viewer) -> dict[str, Any]:
    return {"org": viewer.org, "team": viewer.team}


def _ms(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
