"""Sharing: what an organisation says in the place of a rule of the aid. Nothing is overwritten: the newest counts and older ones stay readable."""

from __future__ import annotations

from typing import Any

from store import said
from store.administration import By, record
from store.database import writing
from store.edition import edition
from store.models import SharingRule
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
        said.add(connection, SharingRule.rule, rule, says, by.org, by.person, by.now_ms)
        record(connection, by, "sharing_adapted" if says else "sharing_standard", about_name=says.get("reason", ""))
    _kept.known().pop(by.org, None)


def history(organisation: str, rule: str) -> list[dict[str, Any]]:
    """What it said before, newest first, with who wrote it and when."""
    return said.history(SharingRule.rule, organisation, rule)


def _of(organisation: str) -> tuple[str, dict[str, Says]]:
    known = _kept.known()
    if organisation not in known:
        told = {rule: says for rule, says in said.newest(SharingRule.rule, organisation).items() if says}
        known[organisation] = (edition(told), told)
    return known[organisation]
