"""Push wishes: of which kinds of notice somebody wants to hear, and in which hours of nothing but alarms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from card.notice import NOTICES
from store.database import reading, writing
from store.models import PushQuiet, PushWish


@dataclass(frozen=True, slots=True)
class Wishes:
    """`begins` and `ends` are clock times in the Netherlands; both empty where there are no quiet hours."""

    unwanted: frozenset[str]
    begins: str
    ends: str


def wishes_of(person: str) -> Wishes:
    with reading() as connection:
        unwanted = connection.scalars(select(PushWish.kind).where(PushWish.person == person, ~PushWish.wanted)).all()
        quiet = connection.execute(select(PushQuiet.begins, PushQuiet.ends).where(PushQuiet.person == person)).first()
    return Wishes(frozenset(unwanted), *(quiet or ("", "")))


def keep(person: str, wanted: Collection[str], begins: str, ends: str) -> None:
    """All kinds at once, as the form has them."""
    with writing() as connection:
        connection.execute(delete(PushWish).where(PushWish.person == person))
        connection.execute(insert(PushWish), [{"person": person, "kind": kind, "wanted": kind in wanted} for kind in NOTICES])
        connection.execute(delete(PushQuiet).where(PushQuiet.person == person))
        if begins and ends:
            connection.execute(insert(PushQuiet).values(person=person, begins=begins, ends=ends))
