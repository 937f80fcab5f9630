"""The directory of the demo organisations (demo_directory.json): enough for every evening of the stories. Numbers that nobody has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from store.database import writing
from store.directory import Says, Subject, contacts, page, service
from store.models import DirectorySaid, Person

TOLD: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
PLAIN: Says = {"kind": "service", "function": "", "area": "Hele regio", "does": [], "does_not": [], "say_first": "", "audience": "all"}
LISTS: Says = {"for": [], "situations": []}
DAY_MS = 24 * 60 * 60 * 1000
CHECKED_DAYS_AGO = {"~slachtofferhulp": 140, "ggd": 60, "kliniek": 30}
"""The others the day before. One is older than what an entry says nothing about."""


def make(now_ms: int) -> None:
    """What nobody said anything of yet. The lead of an organisation says it, and of nobody with an account the crisis service's."""
    with writing() as connection:
        known = set(connection.execute(select(DirectorySaid.what, DirectorySaid.organisation, DirectorySaid.about)))
        leads = {org: id_ for id_, org in connection.execute(select(Person.id, Person.org).where(Person.role == "lead"))}
        for subject, says in _told():
            if (subject.what, subject.organisation, subject.about) not in known:
                days = CHECKED_DAYS_AGO.get(subject.about, 1)
                _keep(connection, subject, says, leads[subject.organisation or "crisisdienst"], now_ms - days * DAY_MS)


def _told() -> list[tuple[Subject, Says]]:
    services = [(service(id_), {**PLAIN, **LISTS, **says}) for id_, says in TOLD["services"].items()]
    pages = [(page(organisation), says) for organisation, says in TOLD["pages"].items()]
    special = [(contacts(organisation, partner), says) for organisation, all_ in TOLD["contacts"].items() for partner, says in all_.items()]
    return [*services, *pages, *special]


def _keep(connection: Connection, subject: Subject, says: Says, by: str, when_ms: int) -> None:
    facts = {"what": subject.what, "organisation": subject.organisation, "about": subject.about, "by": by, "when_ms": when_ms}
    connection.execute(insert(DirectorySaid).values(**facts, says=json.dumps(says, ensure_ascii=False, sort_keys=True)))
