"""Directory (gids): services and key people that can be called, pages of organisations, and whom to escalate to (report 3.1.2, 4.1.1, 4.2.1).

Nothing is overwritten: everything that somebody said stays, with who and when, and the newest counts. Who changes something says which version they
saw; when another came in between they are told, and nothing is kept.

Three things are said, each about something (`Subject`):

    service    about the id of a service. An organisation's first service has the organisation's slug as id, further ones and people `<slug>/<name>`,
               one of nobody with an account `~<name>`. An id never changes: cards that asked for it go on naming it
    page       what to expect of an organisation and what to leave at the door, its address for an aangifte, the minutes agreed for waiting, and its
               contacts on three levels for everybody
    contacts   about a partner: its contacts for that one, level by level in the place of those for everybody

`book` is what phones keep of it: only what is for this viewer's organisation and side.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select

from card.access import Viewer, is_for
from card.consultation import ANSWER_DAYS
from card.entry import Entry
from card.service_request import service_owner
from card.vocabulary import OVERDUE_STEPS
from store.database import reading, writing
from store.edition import edition
from store.models import DirectorySaid, Person
from store.refused import Refused
from store.seldom import Seldom

LEVELS = ("operational", "management", "board")
KEPT_IN_ADDRESSES = ("new", "edit", "check", "remove")
MOST_OF_AN_ID = 200

Says = dict[str, Any]
_books: Seldom[tuple[str, str], tuple[str, Says]] = Seldom()


@dataclass(frozen=True)
class Subject:
    """What is spoken about: `what` is service, page or contacts; no organisation for a service of nobody with an account."""

    what: str
    organisation: str | None
    about: str = ""


@dataclass(frozen=True)
class Said:
    """One version: its number, what it says (nothing when it was taken away), who said so and when."""

    version: int
    says: Says
    by: str
    when_ms: int


def service(id_: str) -> Subject:
    return Subject("service", service_owner(id_) or None, id_)


def page(organisation: str) -> Subject:
    return Subject("page", organisation)


def contacts(organisation: str, partner: str) -> Subject:
    return Subject("contacts", organisation, partner)


def newest(subject: Subject) -> Said | None:
    """What counts now; None when nobody ever said anything of it."""
    return next(iter(history(subject, most=1)), None)


def history(subject: Subject, most: int = 50) -> list[Said]:
    """What was said, newest first."""
    with reading() as connection:
        rows = connection.execute(_SAID.where(*_is(subject)).order_by(DirectorySaid.id.desc()).limit(most))
        return [Said(row.id, json.loads(row.says), row.name, row.when_ms) for row in rows]


def checked(service_id: str) -> dict[str, Any] | None:
    """When and by whom it was last seen that a service is as it says."""
    with reading() as connection:
        return _checks(connection, [DirectorySaid.about == service_id]).get(service_id)


def partners(organisation: str) -> list[str]:
    """For whom an organisation has other contacts than for everybody."""
    with reading() as connection:
        rows = _current(connection, DirectorySaid.what == "contacts", DirectorySaid.organisation == organisation)
        return [row.about for row in rows]


def say(subject: Subject, says: Says, by: str, now_ms: int, seen: int) -> Refused | None:
    """From now on this. `seen` is the version that whoever says it saw, 0 for none; Refused as `changed` when it is another one by now."""
    with writing() as connection:
        if _version(connection, subject) != seen:
            return Refused("changed")
        _keep(connection, subject, says, by, now_ms)
    forget()
    return None


def add(organisation: str, says: Says, by: str, now_ms: int) -> str:
    """A new service or person; returns the id it has from now on. An empty organisation: nobody with an account."""
    with writing() as connection:
        taken = set(connection.scalars(select(DirectorySaid.about).where(DirectorySaid.what == "service").distinct()))
        id_ = _new_id(organisation, says, taken)
        _keep(connection, service(id_), says, by, now_ms)
    forget()
    return id_


def check(service_id: str, by: str, now_ms: int) -> None:
    """Somebody looked, and it is still so."""
    with writing() as connection:
        _keep(connection, Subject("checked", service_owner(service_id) or None, service_id), {}, by, now_ms)
    forget()


def forget() -> None:
    """After a change that whoever made it must see at once; other processes see it within ten seconds."""
    _books.forget()


def book(viewer: Viewer) -> Says:
    """`{"services": [...], "organisations": {id: {...}}}`: what this viewer may see of it (docs/directory.md)."""
    return _book(viewer)[1]


def current_edition(viewer: Viewer) -> str:
    return _book(viewer)[0]


def _book(viewer: Viewer) -> tuple[str, Says]:
    known, key = _books.known(), (viewer.org, viewer.domain)
    if key not in known:
        with reading() as connection:
            told = {"services": _services(connection, viewer), "organisations": _organisations(connection, viewer)}
        known[key] = (edition(told), told)
    return known[key]


def _services(connection: Connection, viewer: Viewer) -> list[Says]:
    rows = _current(connection, DirectorySaid.what == "service")
    checks = _checks(connection)
    told = [{**json.loads(row.says), "id": row.about, "organisation": service_owner(row.about), "checked": checks[row.about]} for row in rows]
    return [one for one in told if may_see(viewer, one)]


def may_see(viewer: Viewer, one: Says) -> bool:
    """For all, for a side, or for the organisation itself: as entries on a card are."""
    said: Entry = {"audience": one["audience"], "org": one["organisation"], "by": ""}  # type: ignore[typeddict-item]
    return is_for(viewer, said)


def _organisations(connection: Connection, viewer: Viewer) -> dict[str, Says]:
    pages = {row.organisation: json.loads(row.says) for row in _current(connection, DirectorySaid.what == "page")}
    own = _current(connection, DirectorySaid.what == "contacts", DirectorySaid.about == viewer.org)
    for row in own:
        known = pages.setdefault(row.organisation, empty_page())
        known["contacts"] = {**known["contacts"], **json.loads(row.says)}
    return dict(sorted(pages.items()))


def empty_page() -> Says:
    """What counts for an organisation that said nothing."""
    return {"expect": "", "leave_at_door": "", "domicile": "", "agreed": list(OVERDUE_STEPS), "answer_days": ANSWER_DAYS, "contacts": {}}


_SAID = select(DirectorySaid.id, DirectorySaid.organisation, DirectorySaid.about, DirectorySaid.says, DirectorySaid.when_ms, Person.name).join(
    Person, Person.id == DirectorySaid.by
)


def _is(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    row = DirectorySaid
    return row.what == subject.what, row.about == subject.about, row.organisation.is_not_distinct_from(subject.organisation)


def _version(connection: Connection, subject: Subject) -> int:
    return connection.scalar(select(func.max(DirectorySaid.id)).where(*_is(subject))) or 0


def _current(connection: Connection, *which: ColumnElement[bool]) -> list[Any]:
    """The newest of each of these that was not taken away, in the order of what they are about."""
    last = select(func.max(DirectorySaid.id)).where(*which).group_by(DirectorySaid.what, DirectorySaid.organisation, DirectorySaid.about)
    rows = connection.execute(_SAID.where(DirectorySaid.id.in_(last))).all()
    return sorted((row for row in rows if row.says != "{}"), key=lambda row: (row.about, row.organisation or ""))


def _checks(connection: Connection, which: Iterable[ColumnElement[bool]] = ()) -> dict[str, Says]:
    """By service: when it was last checked, and by whom. Who writes down what it says has looked too."""
    last = select(func.max(DirectorySaid.id)).where(DirectorySaid.what.in_(("service", "checked")), *which).group_by(DirectorySaid.about)
    rows = connection.execute(_SAID.where(DirectorySaid.id.in_(last)))
    return {row.about: {"at": row.when_ms, "by": row.name} for row in rows}


def _keep(connection: Connection, subject: Subject, says: Says, by: str, now_ms: int) -> None:
    told = json.dumps(says, ensure_ascii=False, sort_keys=True)
    facts = {"what": subject.what, "organisation": subject.organisation, "about": subject.about}
    connection.execute(insert(DirectorySaid).values(**facts, says=told, by=by, when_ms=now_ms))


def _new_id(organisation: str, says: Says, taken: set[str]) -> str:
    if organisation and says["kind"] == "service" and organisation not in taken:
        return organisation
    start = f"{organisation}/" if organisation else "~"
    name = _slug(says["name"])[: MOST_OF_AN_ID - len(start) - 4].strip("-") or "dienst"
    free = (start + name + (f"-{turn}" if turn > 1 else "") for turn in range(1 + (name in KEPT_IN_ADDRESSES), len(taken) + 3))
    return next(id_ for id_ in free if id_ not in taken)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
