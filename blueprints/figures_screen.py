"""Figures on the screen: what was asked, what each table says in words, what changed since the quarter before. Pure; knows only what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from store.figures import PARTS, TABLES, Part, Row, Table
from store.summary import OTHERS, quarter_of

QUARTERS = 12
MOST_IN_CHART = 12
GOAL = 80
"""Not driven by police, in per cent (report 4.1.2)."""

_QUARTER = re.compile(r"(\d{4})Q([1-4])", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """`part_typed` is what stays in the form, also when it is nothing that can be asked."""

    quarter: str
    before: str
    part: Part | None
    part_typed: str
    today: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        return self.quarter == quarter_of(self.today)


@dataclass(frozen=True)
class Words:
    """What there is to say in the language of who looks, and what organisations are called."""

    known: Mapping[str, str]
    organisations: Mapping[str, Any]

    def say(self, key: str, **values: Any) -> str:
        text = self.known[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def organisation(self, id_: str) -> str:
        return str(self.organisations.get(id_, {}).get("name", id_))

    def quarter(self, quarter: str) -> str:
        return self.say("figures.quarter_name", n=quarter[5], year=quarter[:4])

    def situation(self, slug: str) -> str:
        """Some are called the same inside and outside an institution: a figure says which."""
        label, where = self.known.get(f"situation.{slug}", slug), slug.rpartition("_")[2]
        return self.say(f"figures.{where}", situation=label) if where in ("inside", "outside") else label

    def row(self, what: str, name: str) -> str:
        """What a line of a table is called."""
        if what == "card":
            return self.situation(name) if name else self.known["figures.no_situation"]
        if what in ("wait", "declined"):
            owner, _, asked = name.partition("/")
            org = self.known["figures.others"] if owner == OTHERS else self.organisation(owner)
            return self.say("figures.service", **{"org": org, "for": self.known[f"choice.for.{asked}"].lower()})
        if what in ("reason", "transport"):
            return self.known[f"choice.reason.{name}" if what == "reason" else f"choice.by.{name}"]
        return self.known[f"figures.{what}.{name}"]

    def part(self, part: Part | None) -> str:
        if part is None:
            return self.known["figures.part.all"]
        if part.kind == "situation":
            return self.situation(part.value)
        return self.organisation(part.value) if part.kind == "partner" else part.value


def read(quarter: str, part: str, today: str) -> Asked:
    """What was asked, as `2026Q4` and `situation:nuisance`; without anything the quarter of today and all cards."""
    errors = {}
    now = quarter_of(today)
    if quarter and quarter not in quarters(today):
        errors["quarter"] = "wrong"
    kind, _, value = part.partition(":")
    if part and (kind not in PARTS or not 0 < len(value) <= 200):
        errors["part"] = "wrong"
    chosen = now if not quarter or "quarter" in errors else quarter
    return Asked(chosen, earlier(chosen), Part(kind, value) if part and "part" not in errors else None, part, today, errors)


def quarters(today: str) -> list[str]:
    """The last three years, the newest first."""
    found = [quarter_of(today)]
    while len(found) < QUARTERS:
        found.append(earlier(found[-1]))
    return found


def earlier(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[5])
    return f"{year}Q{number - 1}" if number > 1 else f"{year - 1}Q4"


def overview(said: Words, asked: Asked, now: dict[str, Table], before: dict[str, Table], choices: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "asked": asked,
        "problems": [{"field": name, "code": code} for name, code in asked.errors.items()],
        "quarters": [{"id": one, "name": said.quarter(one)} for one in quarters(asked.today)],
        "groups": [{"kind": kind, "choices": list(_choices(said, asked, kind, choices[kind]))} for kind in PARTS],
        "about": said.say("figures.about", quarter=said.quarter(asked.quarter), part=said.part(asked.part)),
        "before": said.quarter(asked.before),
        "is_empty": not any(table.rows or table.hidden for table in now.values()),
        "tables": [_table(said, what, now[what]) for what in TABLES],
        "changes": list(changes(said, asked, now, before)),
    }


def in_lines(said: Words, asked: Asked, what: str, table: Table) -> Iterator[list[object]]:
    """A table as lines of a file, with the quarter and the part in each, so that files can be put together."""
    waits = what == "wait"
    about = [asked.quarter, said.part(asked.part)]
    more = [said.known["figures.median"], said.known["figures.ninetieth"]] if waits else []
    head = [said.known["figures.quarter"], said.known["figures.part"], said.known[f"figures.column.{what}"]]
    yield [*head, said.known["figures.number"], *more]
    for row in table.rows:
        yield [*about, said.row(what, row.name), row.number, *([row.median, row.ninetieth] if waits else [])]
    if table.total is not None:
        if table.hidden:
            yield [*about, said.known["figures.rest"], ""]
        yield [*about, said.known["figures.total"], table.total]
    else:
        yield [*about, said.known["figures.too_few" if table.hidden else "figures.none"], ""]


def changes(said: Words, asked: Asked, now: dict[str, Table], before: dict[str, Table]) -> Iterator[str]:
    """In words what is more or less than in the quarter before, as far as both can be shown. Of a quarter that runs no numbers: they still rise."""
    if not asked.is_running:
        for what, key in (("card", "cards"), ("declined", "declined")):
            new, old = now[what].total, before[what].total
            if new is not None and old is not None:
                yield said.say(f"figures.changed.{key}.{_way(new, old)}", now=new, before=old)
    waited = {row.name: row for row in before["wait"].rows}
    for row in now["wait"].rows:
        if row.name in waited:
            yield _wait(said, row, waited[row.name])
    for what in TABLES:
        new_share, old_share = now[what].share, before[what].share
        if new_share and old_share and new_share[0] == new_share[1] and old_share[0] == old_share[1]:
            yield _share_changed(said, what, new_share[0], old_share[0])


def _wait(said: Words, row: Row, was: Row) -> str:
    assert row.median is not None
    assert was.median is not None
    told = {"now": row.median, "before": was.median, "n": row.number, "m": was.number}
    return said.say(f"figures.changed.wait.{_way(row.median, was.median)}", name=said.row("wait", row.name), **told)


def _share_changed(said: Words, what: str, new: int, old: int) -> str:
    told = {"now": new, "before": old, "points": abs(new - old)}
    return said.say(f"figures.changed.share.{_way(new, old)}", name=said.known[f"figures.share.{what}"], **told)


def _way(new: int, old: int) -> str:
    return "more" if new > old else "fewer" if new < old else "same"


def _choices(said: Words, asked: Asked, kind: str, values: list[str]) -> Iterator[dict[str, Any]]:
    """What can be chosen of a kind; what was chosen stays, also when there is too little of it."""
    chosen = asked.part.value if asked.part and asked.part.kind == kind else ""
    for value in [*values, *([chosen] if chosen and chosen not in values else [])]:
        yield {"value": f"{kind}:{value}", "name": said.part(Part(kind, value)), "chosen": value == chosen}


def _table(said: Words, what: str, table: Table) -> dict[str, Any]:
    rows = [{"name": said.row(what, row.name), "number": row.number, "median": row.median, "ninetieth": row.ninetieth} for row in table.rows]
    share = _share(said, what, table.share) if table.share else ""
    goal = _goal(table.share) if what == "transport" and table.share else ""
    return {"what": what, "rows": rows, "total": table.total, "hidden": table.hidden, "share": share, "goal": goal, "waits": what == "wait"}


def _share(said: Words, what: str, share: tuple[int, int]) -> str:
    low, high = share
    key = "exactly" if low == high else "at_least" if high == 100 else "at_most" if low == 0 else "between"
    return said.say(f"figures.{key}", name=said.known[f"figures.share.{what}"], low=low, high=high)


def _goal(share: tuple[int, int]) -> str:
    return "figures.goal.reached" if share[0] >= GOAL else "figures.goal.missed" if share[1] < GOAL else "figures.goal.unknown"
