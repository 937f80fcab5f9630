"""Dossier: all that an organisation may hand out about one card, for a request under the AVG (art. 15), the Wpg (art. 25) or a complaint.

An organisation gets what it may read itself: what other organisations wrote for themselves or for the other domain is left out, and counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from card.access import is_for_organisation
from card.entry import Entry
from store import access_log, verify
from store.access_log import Asked
from store.database import reading
from store.models import Card, CardOrganisation, CardPerson, EntryRow, Organisation, Person
from store.verify import Verified

PAGE_CARDS = 50
GROUNDS = ("avg_access", "wpg_access", "complaint", "court")


@dataclass(frozen=True, slots=True)
class Dossier:
    card: str
    opened_by: str
    entries: list[Entry]
    left_out: int
    lines: list[dict[str, Any]]
    verified: Verified


def dossier(card: str, organisation: str) -> Dossier | None:
    """The card as this organisation may hand it out; None when there is no such card, or no such organisation."""
    with reading() as connection:
        domain = connection.scalar(select(Organisation.domain).where(Organisation.id == organisation))
        opened_by = connection.scalar(select(Card.opener_org).where(Card.id == card))
        rows = connection.execute(select(EntryRow.__table__).where(EntryRow.card == card).order_by(EntryRow.seq)).all()
    if domain is None or opened_by is None:
        return None
    whole = [_entry(row) for row in rows]
    mine = [entry for entry in whole if is_for_organisation(organisation, domain, entry)]
    lines = list(access_log.every(Asked(org=organisation, card=card)))
    return Dossier(card, opened_by, mine, len(whole) - len(mine), lines, verify.cards(card))


def _entry(row: Any) -> Entry:
    entry: Entry = json.loads(row.document)
    return {**entry, "seq": row.seq, "received": row.received, "hash": row.hash}


_TOOK_PART = or_(
    EntryRow.card.in_(select(CardOrganisation.card).where(CardOrganisation.organisation == bindparam("org"))),
    EntryRow.card.in_(select(CardPerson.card).join(Person, Person.id == CardPerson.person).where(Person.org == bindparam("org"))),
)


def cards_of(organisation: str, since: str = "", until: str = "", before: str = "", card: str = "") -> list[dict[str, Any]]:
    """The cards in which an organisation takes part, newest first, a page: enough to find the one that somebody asks about. `card`: only that one. Of
    an opening that is for others it says when and by whom alone. `before`: `place_in_list` of the last row of the page before.
    """
    query = select(EntryRow.card, EntryRow.received, EntryRow.org, EntryRow.document).where(EntryRow.kind == "card.opened", _TOOK_PART)
    at, (moment, _, last) = EntryRow.received, before.partition(" ")
    older = or_(at < moment, and_(at == moment, EntryRow.card < last))  # many come at one moment: a phone that was away hands in all it has
    for asked, condition in ((card, EntryRow.card == card), (since, at >= since), (until, at < until), (before, older)):
        query = query.where(condition) if asked else query
    with reading() as connection:
        domain = str(connection.scalar(select(Organisation.domain).where(Organisation.id == organisation)))
        rows: Sequence[Any] = connection.execute(query.order_by(at.desc(), EntryRow.card.desc()).limit(PAGE_CARDS + 1), {"org": organisation}).all()
    return [_listed(row, organisation, domain) for row in rows]


def _listed(row: Any, organisation: str, domain: str) -> dict[str, Any]:
    told = {"card": row.card, "received": row.received, "opened_by": row.org, "place_in_list": f"{row.received} {row.card}"}
    return {**told, **_what_and_where(json.loads(row.document), organisation, domain)}


def _what_and_where(opening: Entry, organisation: str, domain: str) -> dict[str, Any]:
    body = opening["body"] if is_for_organisation(organisation, domain, opening) else {}
    return {name: body.get(name, "") for name in ("situation", "place")}
