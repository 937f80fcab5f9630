"""Holds: an organisation needs a card longer than its retention (a complaint, a court), and says why. Nothing here is ever deleted.

Where the access log is a database of its own its line is there before what it says, and somebody may be stopped in between. A hold of which there is
only the line is placed at the next start; the end of one is not believed in the history in which it was said: whoever wanted it was not told that it
ended, and a card that is purged does not come back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import uuid6
from sqlalchemy import Connection, insert, select, update

from store import access_log, epoch
from store.access_log import Line, Visit, iso
from store.database import add_new, reading, writing
from store.models import Card, LegalHold

MOST_REASON = 500


def reasons(connection: Connection) -> dict[str, list[str]]:
    """Per held card why, with the organisation that holds it."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(LegalHold).where(LegalHold.lifted.is_(None)).order_by(LegalHold.id)):
        found.setdefault(row.card, []).append(f"{row.org}: {row.reason}")
    return found


def of(card: str) -> list[dict[str, Any]]:
    """All holds on a card, also the lifted ones, newest first."""
    with reading() as connection:
        rows = connection.execute(select(LegalHold.__table__).where(LegalHold.card == card).order_by(LegalHold.id.desc()))
        return [dict(row._mapping) for row in rows]


def by(organisation: str) -> list[dict[str, Any]]:
    """What an organisation holds now."""
    query = select(LegalHold.__table__).where(LegalHold.org == organisation, LegalHold.lifted.is_(None)).order_by(LegalHold.id.desc())
    with reading() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def place(visit: Visit, card: str, organisation: str, reason: str, now_ms: int) -> bool:
    """Hold a card for an organisation; False when it is not there, or held by that organisation already.

    The access log has it first, as a line of that organisation alone: why it holds the card is its own business.
    """
    with writing() as connection:
        if connection.scalar(select(Card.id).where(Card.id == card)) is None or _held(connection, card, organisation):
            return False
        row = {
            "id": str(uuid6.uuid7()), "card": card, "org": organisation, "reason": reason, "placed": iso(now_ms), "placed_by": visit.person,
        }  # fmt: skip
        connection.execute(insert(LegalHold).values(row))
        access_log.append([Line(visit, now_ms, "hold", card, "", "privacy", detail=json.dumps(row, ensure_ascii=False))], along=connection)
        access_log.to_disk()
    return True


def lift(visit: Visit, card: str, organisation: str, reason: str, now_ms: int) -> bool:
    """The hold of this organisation ends; False when there is none."""
    with writing() as connection:
        held = _held(connection, card, organisation)
        if not held:
            return False
        end = {"id": held, "lifted": iso(now_ms), "lifted_by": visit.person, "lifted_reason": reason}
        connection.execute(update(LegalHold).where(LegalHold.id == held).values(end))
        told = json.dumps({**end, "history": epoch.kept_in(connection)}, ensure_ascii=False)
        access_log.append([Line(visit, now_ms, "hold_lifted", card, "", "privacy", detail=told)], along=connection)
    return True


def _held(connection: Connection, card: str, organisation: str) -> str | None:
    query = select(LegalHold.id).where(LegalHold.card == card, LegalHold.org == organisation, LegalHold.lifted.is_(None))
    held: str | None = connection.scalar(query)
    return held


def keep(lines: Sequence[dict[str, Any]]) -> None:
    """After a backup was put back: the holds that it lacks, and their ends, from lines of the access log, oldest first. Safe to do twice."""
    about = [(line["action"], json.loads(line["detail"])) for line in lines if line["action"] in ("hold", "hold_lifted")]
    if not about:
        return
    with writing() as connection:
        history = epoch.kept_in(connection)
        for action, row in about:
            if action == "hold":
                add_new(connection, LegalHold, [row])
            elif row.pop("history", "") != history:
                connection.execute(update(LegalHold).where(LegalHold.id == row["id"], LegalHold.lifted.is_(None)).values(row))
