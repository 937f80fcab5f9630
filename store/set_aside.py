"""Set aside: what a revoked device still had to share. It is not in any log; the team lead reads it and decides (PROTOCOL, code `revoked`).

Nothing is lost by revoking a phone, and nothing gets on a card by finding one: what its holder hands in waits here for somebody who knows the writer.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from card.entry import Entry, Rejected
from store.batch import PAST_RETENTION, Written, read
from store.database import reading, writing
from store.models import Device, EntryRow, PurgedCard, SetAside
from store.sessions import Revoked

MOST_A_DEVICE = 5_000


def keep(device: Revoked, raws: Sequence[object], now_ms: int, secret: bytes) -> dict[str, Rejected]:
    """Keeps what is the device's own, once. Every entry is answered: `revoked` for what is kept here (or is in the log already), else why not."""
    answers: dict[str, Rejected] = {}
    with writing() as connection:
        written = read(raws, secret)
        known = _known(connection, device, written)
        purged = _purged(connection, written)
        room = MOST_A_DEVICE - (connection.scalar(select(func.count()).select_from(SetAside).where(SetAside.device == device.device)) or 0)
        rows: list[dict[str, object]] = []
        for one in written:
            answers[one.name] = _judged(device, one.entry, room - len(rows), purged)
            if answers[one.name].code == "revoked" and one.name not in known:
                known.add(one.name)
                rows.append({"device": device.device, "id": one.name, "org": device.org, "document": one.document, "received_ms": now_ms})
        if rows:
            connection.execute(insert(SetAside), rows)
    return answers


def _judged(device: Revoked, entry: Entry | Rejected, room: int, purged: Collection[str]) -> Rejected:
    if isinstance(entry, Rejected):
        return entry
    if entry["card"] in purged:
        return PAST_RETENTION
    if (entry["by"], entry["org"], entry["device"]) != (device.person, device.org, device.device):
        return Rejected("forbidden", "not what the session says", "by")
    return Rejected("revoked", "this device was revoked: kept apart for the team lead") if room > 0 else Rejected("too_large", "too many entries")


def _purged(connection: Connection, written: list[Written]) -> set[str]:
    """Cards of these that are past their retention: what was erased for good does not come back here either."""
    named = {one.entry["card"] for one in written if not isinstance(one.entry, Rejected)}
    return set(connection.scalars(select(PurgedCard.id).where(PurgedCard.id.in_(named))))


def _known(connection: Connection, device: Revoked, written: list[Written]) -> set[str]:
    """Which of these are here or in the log already."""
    ids = {one.name for one in written if not isinstance(one.entry, Rejected)}
    here = connection.scalars(select(SetAside.id).where(SetAside.device == device.device, SetAside.id.in_(ids)))
    return {*here, *connection.scalars(select(EntryRow.id).where(EntryRow.id.in_(ids)))}


@dataclass(frozen=True)
class Kept:
    """One entry that waits or was left out, and who decided that."""

    device: str
    kind: str
    person: str
    entry: Entry
    decided: str
    decided_by: str | None
    decided_ms: int | None


def kept_for(org: str) -> list[Kept]:
    """What waits for a decision or was left out, in the order in which it was written. What was taken is on its card."""
    columns = (SetAside.device, Device.kind, Device.person, SetAside.document, SetAside.decided, SetAside.decided_by, SetAside.decided_ms)
    with reading() as connection:
        rows = connection.execute(
            select(*columns).join(Device, Device.id == SetAside.device).where(SetAside.org == org, SetAside.decided != "taken")
        ).all()
    kept = [Kept(row.device, row.kind, row.person, json.loads(row.document), row.decided, row.decided_by, row.decided_ms) for row in rows]
    return sorted(kept, key=lambda one: (one.person, one.device, one.entry["at"], one.entry["id"]))


def decide(org: str, device: str, ids: Collection[str], decided: str, by: str, now_ms: int) -> None:
    """What the team lead of that organisation decided of these entries. What was taken stays taken."""
    with writing() as connection:
        mine = (SetAside.org == org, SetAside.device == device, SetAside.id.in_(sorted(ids)), SetAside.decided != "taken")
        connection.execute(update(SetAside).where(*mine).values(decided=decided, decided_by=by, decided_ms=now_ms))
