"""Sharing: what an organisation says in the place of a rule of the aid. Nothing is overwritten: the newest counts and older ones stay readable."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, insert, select

from store.administration import By, record
from store.database import reading, writing
from store.edition import edition
from store.models import Person, SharingRule
from store.seldom import Seldom

Says = dict[str, str]
_kept: Seldom[str, tuple[str, dict[str, Says]]] = Seldom()


def instead(organisation: str) -> dict[str, Says]:
    """What counts now, by rule; a rule that the organisation leaves as it is, is not in it."""
    return _of(organisation)[1]


def current_edition(organisation: str) -> str:
    return _of(organisation)[0]


def say(by: By, rule: str, says: Says) -> None:
    """From now on this; empty is the rule as it is for everybody."""
    with writing() as connection:
        told = json.dumps(says, ensure_ascii=False, sort_keys=True)
        connection.execute(insert(SharingRule).values(organisation=by.org, rule=rule, says=told, by=by.person, when_ms=by.now_ms))
        record(connection, by, "sharing_adapted" if says else "sharing_standard", about_name=says.get("reason", ""))
    _kept.known().pop(by.org, None)


def history(organisation: str, rule: str) -> list[dict[str, Any]]:
    """What it said before, newest first, with who wrote it and when."""
    asked = (
        select(SharingRule.says, SharingRule.when_ms, Person.name)
        .join(Person, Person.id == SharingRule.by)
        .where(SharingRule.organisation == organisation, SharingRule.rule == rule)
        .order_by(SharingRule.id.desc())
    )
    with reading() as connection:
        return [{"says": json.loads(says), "when_ms": when_ms, "by": name} for says, when_ms, name in connection.execute(asked)]


def _of(organisation: str) -> tuple[str, dict[str, Says]]:
    known = _kept.known()
    if organisation not in known:
        newest = select(func.max(SharingRule.id)).where(SharingRule.organisation == organisation).group_by(SharingRule.rule)
        with reading() as connection:
            rows = connection.execute(select(SharingRule.rule, SharingRule.says).where(SharingRule.id.in_(newest)).order_by(SharingRule.rule)).all()
        told = {rule: json.loads(says) for rule, says in rows if says != "{}"}
        known[organisation] = (edition(told), told)
    return known[organisation]
