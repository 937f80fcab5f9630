"""Joint reviews: two organisations that were on a card look back on it together, with notes, lessons and follow-ups, and put it on an agenda.

They see of the card what is for everybody on it, and no more: what a side wrote for itself is not in a joint review. It is for the leads of these
two organisations, as long as both take part in the card. When the card is erased, it goes with it: what was written here is about the same people.

Whoever changes something says which version they saw. Where another changed it meanwhile nothing is written (`False`), so that nobody writes over
what they did not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import uuid6
from sqlalchemy import Connection, delete, insert, or_, select, update

from store import log
from store.database import reading, writing
from store.models import JointNote, JointReview

WHATS = ("note", "lesson", "follow_up")
LEVELS = ("operational", "tactical", "strategic")


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint review as its two organisations find it."""

    id: str
    card: str
    org: str
    partner: str
    made_ms: int
    version: int
    level: str
    forum: str
    on_day: str

    @property
    def organisations(self) -> tuple[str, str]:
        return self.org, self.partner


_COLUMNS = tuple(getattr(JointReview, name) for name in Joint.__slots__)


def begin(card: str, org: str, partner: str, now_ms: int) -> str | None:
    """The id of the joint review of these two, a new one when there is none yet. None where the other does not take part in the card."""
    if partner == org or partner not in log.took_part(card):
        return None
    pair = or_((JointReview.org == org) & (JointReview.partner == partner), (JointReview.org == partner) & (JointReview.partner == org))
    with writing() as connection:
        known = connection.scalar(select(JointReview.id).where(JointReview.card == card, pair))
        if known is not None:
            return str(known)
        made = str(uuid6.uuid7())
        told = {"id": made, "card": card, "org": org, "partner": partner, "made_ms": now_ms, "version": 1, "level": "", "forum": "", "on_day": ""}
        connection.execute(insert(JointReview).values(told))
        return made


def of(org: str) -> list[Joint]:
    """Those of an organisation, the newest first."""
    asked = select(*_COLUMNS).where(or_(JointReview.org == org, JointReview.partner == org)).order_by(JointReview.made_ms.desc(), JointReview.id)
    with reading() as connection:
        found = [Joint(*row) for row in connection.execute(asked)]
    return [joint for joint in found if _both_on(joint)]


def one(org: str, id_: str) -> Joint | None:
    """One of an organisation; for every other it does not exist."""
    with reading() as connection:
        row = connection.execute(select(*_COLUMNS).where(JointReview.id == id_, or_(JointReview.org == org, JointReview.partner == org))).first()
    joint = None if row is None else Joint(*row)
    return joint if joint and _both_on(joint) else None


def _both_on(joint: Joint) -> bool:
    return {*joint.organisations} <= log.took_part(joint.card)


def set_agenda(joint: Joint, seen: int, level: str, forum: str, on_day: str) -> bool:
    where = (JointReview.id == joint.id, JointReview.version == seen)
    with writing() as connection:
        done = connection.execute(update(JointReview).where(*where).values(version=seen + 1, level=level, forum=forum, on_day=on_day))
        return bool(done.rowcount)


def notes(joint: Joint) -> list[Any]:
    """As rows of `JointNote`, in the order in which they were first written."""
    with reading() as connection:
        return list(connection.execute(select(JointNote.__table__).where(JointNote.review == joint.id).order_by(JointNote.id)).all())


def add(joint: Joint, org: str, by_name: str, told: dict[str, str], now_ms: int) -> None:
    """`told`: what, text, owner, due."""
    facts = {"id": str(uuid6.uuid7()), "review": joint.id, "org": org, "by_name": by_name, "done": False, "version": 1, "changed_ms": now_ms}
    with writing() as connection:
        connection.execute(insert(JointNote).values(**facts, **told))


def change(joint: Joint, org: str, note: str, seen: int, changed: dict[str, Any], now_ms: int) -> bool:
    """Only what the own organisation wrote can be changed; a follow-up is done by either."""
    where = [JointNote.id == note, JointNote.review == joint.id, JointNote.version == seen]
    if set(changed) != {"done"}:
        where.append(JointNote.org == org)
    with writing() as connection:
        return bool(connection.execute(update(JointNote).where(*where).values(**changed, version=seen + 1, changed_ms=now_ms)).rowcount)


def take_away(joint: Joint, org: str, note: str) -> bool:
    with writing() as connection:
        mine = (JointNote.id == note, JointNote.review == joint.id, JointNote.org == org)
        return bool(connection.execute(delete(JointNote).where(*mine)).rowcount)


def erase(connection: Connection, card: str) -> None:
    """With the card, in the same transaction."""
    those = select(JointReview.id).where(JointReview.card == card)
    connection.execute(delete(JointNote).where(JointNote.review.in_(those)))
    connection.execute(delete(JointReview).where(JointReview.card == card))
