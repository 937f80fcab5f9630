"""Many people at once. `look` says what would happen with every line, `carry_out` does it; both judge by the same rule and in the same order, line
by line, so that what was said is what is done unless somebody changed something meanwhile. A line that cannot be done takes no other with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from store import invitations, roster
from store.administration import By
from store.database import reading, writing
from store.models import Person
from store.people_file import Line
from store.refused import Refused

AT_A_TIME = 50
ROLES_CALLED = {
    **{role: role for role in roster.ROLES},
    "medewerker": "member",
    "lid": "member",
    "leidinggevende": "lead",
    "teamleider": "lead",
    "teamlead": "lead",
    "beheerder": "admin",
    "administrator": "admin",
    "privacyfunctionaris": "privacy",
    "privacy officer": "privacy",
}

Checked = Callable[[dict[str, str]], dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    """What becomes of a line: `invite`, `update`, `same` or `wrong`; what changes or why not; and the link, once it is made."""

    number: int
    what: str
    values: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    token: str = ""


@dataclass
class _State:
    """Who is there already, and what earlier lines of the same file have changed: which addresses they named, which administrators are left."""

    known: dict[str, Any]
    named: dict[str, int]
    admins: set[str]


def look(org: str, lines: list[Line], checked: Checked) -> list[Outcome]:
    """What would happen, without doing anything."""
    with reading() as connection:
        known = {email: row for some in _batches(lines) for email, row in _known(connection, some).items()}
        state = _State(known, {}, _admins(connection, org))
        return [_judge(org, line, checked, state)[0] for line in lines]


def carry_out(by: By, lines: list[Line], checked: Checked) -> list[Outcome]:
    """Some lines a transaction: quick enough, and nobody else waits long."""
    outcomes: list[Outcome] = []
    named: dict[str, int] = {}
    for some in _batches(lines):
        with writing() as connection:
            state = _State(_known(connection, some), named, _admins(connection, by.org))
            outcomes += [_do_apart(connection, by, line, checked, state) for line in some]
    return outcomes


def _batches(lines: list[Line]) -> Iterator[list[Line]]:
    left = iter(lines)
    while some := list(islice(left, AT_A_TIME)):
        yield some


def _do_apart(connection: Connection, by: By, line: Line, checked: Checked, state: _State) -> Outcome:
    """In a transaction within the transaction: what the database refuses undoes this line alone."""
    try:
        with connection.begin_nested():
            return _do(connection, by, line, checked, state)
    except DBAPIError:
        return Outcome(line.number, "wrong", line.values, {"form": "failed"})


def _do(connection: Connection, by: By, line: Line, checked: Checked, state: _State) -> Outcome:
    outcome, person = _judge(by.org, line, checked, state)
    if outcome.what == "update" and person:
        changed = roster.change_within(connection, by, person, {name: new for name, (_, new) in outcome.changes.items()})
        return replace(outcome, what="wrong", problems={"role": changed.code}) if isinstance(changed, Refused) else outcome
    if outcome.what != "invite":
        return outcome
    given = outcome.values
    invited = invitations.Invited(given["email"], given["name"], given["function"], given["role"] or "member", given["team"])
    made = invitations.invite_within(connection, by, invited)
    if isinstance(made, Refused):
        return replace(outcome, what="wrong", problems={"email": made.code})
    return replace(outcome, token=made.token)


def _judge(org: str, line: Line, checked: Checked, state: _State) -> tuple[Outcome, str | None]:
    """What becomes of this line after those before it; and whom it is about, if that person is there."""
    values, problems = _read(line, checked, state)
    if problems:
        return Outcome(line.number, "wrong", values, problems), None
    row = state.known.get(values["email"])
    if row is None:
        return Outcome(line.number, "invite", values), None
    if row["org"] != org or not row["active"]:
        return Outcome(line.number, "wrong", values, {"email": "in_use" if row["org"] != org else "in_use_inactive"}), None
    changes = {name: (row[name], values[name]) for name in ("function", "role", "team") if values[name] and values[name] != row[name]}
    if "role" in changes and state.admins == {row["id"]}:
        return Outcome(line.number, "wrong", values, {"role": "last_admin"}), None
    if "role" in changes:
        (state.admins.add if changes["role"][1] == "admin" else state.admins.discard)(row["id"])
    return Outcome(line.number, "update" if changes else "same", values, changes=changes), row["id"]


def _read(line: Line, checked: Checked, state: _State) -> tuple[dict[str, str], dict[str, str]]:
    """What the line says, in our own words, and what is wrong with it."""
    if line.wrong:
        return line.values, {"form": line.wrong}
    said = line.values["role"].lower()
    values = {**line.values, "email": line.values["email"].lower(), "role": ROLES_CALLED.get(said, said)}
    problems = checked(values)
    if not problems and values["email"] in state.named:
        problems = {"email": "twice"}
    state.named.setdefault(values["email"], line.number)
    return values, problems


def _known(connection: Connection, lines: list[Line]) -> dict[str, Any]:
    """The accounts that these lines are about, by address."""
    named = {line.values.get("email", "").lower() for line in lines}
    wanted = select(Person.id, Person.email, Person.org, Person.active, Person.function, Person.role, Person.team).where(Person.email.in_(named))
    return {row["email"]: row for row in connection.execute(wanted).mappings()}


def _admins(connection: Connection, org: str) -> set[str]:
    return set(connection.scalars(select(Person.id).where(Person.org == org, Person.role == "admin", Person.active)))
