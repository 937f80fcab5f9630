"""Ended: why a card is not somebody's any more, for a phone that holds it from an older history and asks whether it will be theirs again (PROTOCOL,
"A restored server gets everything back").

That this server does not know somebody on a card says little after a restore: the entry that put them there may still come from a phone. What it does
know is said: that the card is past its retention, that their duty is over, or which entries took them off. Who holds such an entry was put on again
after it (static/worker/unconfirmed.js), so which entries they are decides the phone. An entry that they may not read is not named.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, bindparam, select

from card.access import Viewer, is_for
from card.entry import Entry, is_uuid7
from card.membership import KINDS_OF_MEMBERSHIP, membership, removed
from store.models import EntryRow, PurgedCard
from store.prepared import Prepared

PAGE = 1000
PURGED = {"why": "purged"}
OFF_DUTY = {"why": "off_duty"}

_PURGED = Prepared(select(PurgedCard.id).where(PurgedCard.id.in_(bindparam("cards", expanding=True))))
_ABOUT = Prepared(
    select(EntryRow.card, EntryRow.document, EntryRow.seq).where(
        EntryRow.card.in_(bindparam("cards", expanding=True)), EntryRow.kind.in_(KINDS_OF_MEMBERSHIP)
    )
)


def why(connection: Connection, viewer: Viewer, cards: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Of cards that are not the viewer's: of those of which it is known that that is the end of it, why."""
    found: dict[str, dict[str, Any]] = {}
    asked = sorted(filter(is_uuid7, cards))
    for page in (asked[start : start + PAGE] for start in range(0, len(asked), PAGE)):
        found |= {card: PURGED for (card,) in _PURGED.rows(connection, {"cards": page})}
        about: dict[str, list[Entry]] = defaultdict(list)
        for card, document, seq in _ABOUT.rows(connection, {"cards": page}):
            about[card].append(cast(Entry, {**json.loads(document), "seq": seq}))
        found |= {card: said for card, entries in about.items() if (said := _of(viewer, entries))}
    return found


def _of(viewer: Viewer, about: Sequence[Entry]) -> dict[str, Any] | None:
    on = viewer.org in membership(about)["organisations"]
    if on and not viewer.on_duty and viewer.role != "privacy":
        return OFF_DUTY
    off = [] if on else _naming(about, "card.unshared", "organisation", viewer.org)
    off += _naming(about, "card.removed", "person", viewer.person) if viewer.person in removed(about) else []
    by = [entry["id"] for entry in off if is_for(viewer, entry)]
    return {"why": "taken_off", "by": by} if by else None


def _naming(about: Sequence[Entry], kind: str, field: str, name: str) -> list[Entry]:
    """The last entry of this kind that names them, if there is one."""
    named = [entry for entry in about if entry["kind"] == kind and entry["body"].get(field) == name]
    return sorted(named, key=lambda entry: entry["seq"])[-1:]
