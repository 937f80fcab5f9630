"""What leads and administrators type for the directory, and what it says: both ways. Pure: what is wrong comes back per field, and nothing is lost.

`Typed` is what stands in the form, as texts and lists of choices; `Says` is what the store keeps (docs/directory.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.directory_screen import LEVELS, PURPOSES
from blueprints.numbers import counted
from card.clock import dated
from card.consultation import ANSWER_DAYS, MOST_DAYS
from card.entry import is_sayable, trimmed
from card.opening_hours import HOLIDAYS, minute_of
from card.vocabulary import SITUATIONS

Typed = dict[str, Any]
Says = dict[str, Any]
Errors = dict[str, str]

SITUATION_SLUGS = [slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]]
KINDS = ("service", "person")
LINE, MOST_LINES = 200, 12
TEXTS = {"name": 200, "function": 200, "sector": 100, "area": 200, "phone": 40, "say_first": 500}
DAYS = tuple(f"hours_{number}" for number in range(7))
LONG = {"does": LINE * MOST_LINES, "does_not": LINE * MOST_LINES, "exceptions": 4000}
CHOICES = {"for": PURPOSES, "situations": SITUATION_SLUGS, "closed_on": HOLIDAYS}
PAGE_TEXTS = {"expect": 1000, "leave_at_door": 500, "domicile": 300}
STEPS = ("agreed_1", "agreed_2", "agreed_3")
CONTACTS = tuple(f"{level}_{part}" for level in LEVELS for part in ("name", "phone"))
CLOSED = ("gesloten", "dicht", "closed")

_PHONE = re.compile(r"\+?[0-9 ()/.-]{3,40}", re.ASCII)
_SPAN = re.compile(r"(\d{1,2})[:.](\d\d) ?(?:-|–|tot|until) ?(\d{1,2})[:.](\d\d)", re.ASCII)
_EXCEPTION = re.compile(r"(\d{1,2})-(\d{1,2})-(20\d\d)[: ]+(.+)", re.ASCII)


def typed_service(form: MultiDict[str, str]) -> Typed:
    one = {name: form.get(name, "").replace("\r\n", "\n") for name in (*TEXTS, *LONG, *DAYS, "kind", "audience", "whose", "always")}
    return {**one, **{name: form.getlist(name) for name in CHOICES}}


def read_service(typed: Typed, audiences: tuple[str, ...]) -> tuple[Says, Errors]:
    errors = _too_large(typed, {**TEXTS, **LONG, **dict.fromkeys(DAYS, LINE)})
    says: Says = {name: trimmed(typed[name]) for name in TEXTS}
    says |= {name: [one for one in known if one in typed[name]] for name, known in CHOICES.items() if name != "closed_on"}
    says |= {name: _lines(typed[name], errors, name) for name in ("does", "does_not")}
    says |= {"kind": typed["kind"], "audience": typed["audience"], "hours": _read_hours(typed, errors)}
    required = {name: "required" for name in ("name", "sector", "phone") if not says[name]}
    wrong = {name: "required" for name, known in (("kind", KINDS), ("audience", audiences)) if says[name] not in known}
    if says["phone"] and not is_phone(says["phone"]):
        wrong["phone"] = "phone"
    return says, {**required, **wrong, **errors}


def typed_from_service(says: Says) -> Typed:
    hours = says["hours"]
    days = {name: _told_spans(hours["week"][number]) for number, name in enumerate(DAYS)}
    dates = [f"{dated(iso)} {_told_spans(spans) or CLOSED[0]}" for iso, spans in sorted(hours["exceptions"].items())]
    lines = {"does": "\n".join(says["does"]), "does_not": "\n".join(says["does_not"]), "exceptions": "\n".join(dates)}
    chosen = {"for": says["for"], "situations": says["situations"], "closed_on": hours["closed_on"], "always": "1" if hours["always"] else ""}
    return {**{name: says[name] for name in (*TEXTS, "kind", "audience")}, **days, **lines, **chosen, "whose": ""}


def typed_page(form: Mapping[str, str]) -> Typed:
    return {name: form.get(name, "").replace("\r\n", "\n") for name in (*PAGE_TEXTS, *STEPS, "answer_days", *CONTACTS)}


def read_page(typed: Typed) -> tuple[Says, Errors]:
    errors = _too_large(typed, PAGE_TEXTS)
    says: Says = {name: trimmed(typed[name]) for name in PAGE_TEXTS}
    steps = [counted(trimmed(typed[name]), 999) or 0 for name in STEPS]
    if not 0 < steps[0] < steps[1] < steps[2]:
        errors["agreed_1"] = "agreed"
    days = counted(trimmed(typed["answer_days"]), MOST_DAYS)
    if days is None:
        errors["answer_days"] = "answer_days"
    contacts, wrong = read_contacts(typed)
    return {**says, "agreed": steps, "answer_days": days, "contacts": contacts}, {**errors, **wrong}


def typed_from_page(says: Says) -> Typed:
    steps = {name: str(minutes) for name, minutes in zip(STEPS, says["agreed"], strict=True)}
    days = str(says.get("answer_days", ANSWER_DAYS))
    return {**{name: says[name] for name in PAGE_TEXTS}, **steps, "answer_days": days, **typed_from_contacts(says["contacts"])}


def typed_contacts(form: Mapping[str, str]) -> Typed:
    return {name: form.get(name, "") for name in CONTACTS}


def read_contacts(typed: Typed) -> tuple[Says, Errors]:
    """Only the levels that are filled in; a number without a name helps nobody."""
    errors = _too_large(typed, {name: 40 if name.endswith("phone") else 200 for name in CONTACTS})
    says: Says = {}
    for level in LEVELS:
        name, phone = trimmed(typed[f"{level}_name"]), trimmed(typed[f"{level}_phone"])
        if phone and not is_phone(phone):
            errors[f"{level}_phone"] = "phone"
        if phone and not name:
            errors[f"{level}_name"] = "required"
        if name and not phone:
            errors[f"{level}_phone"] = "required"
        if name:
            says[level] = {"name": name, "phone": phone}
    return says, errors


def typed_from_contacts(says: Says) -> Typed:
    return {f"{level}_{part}": says.get(level, {}).get(part, "") for level in LEVELS for part in ("name", "phone")}


def is_phone(said: str) -> bool:
    return _PHONE.fullmatch(said) is not None and sum(character.isdigit() for character in said) >= 3


def differences(says: Says, other: Says) -> list[str]:
    """Which parts of it are not the same."""
    return [name for name in says if says[name] != other.get(name)]


def _read_hours(typed: Typed, errors: Errors) -> Says:
    week = [_spans(typed[name], errors, name) for name in DAYS]
    exceptions: dict[str, list[list[str]]] = {}
    for line in filter(None, map(trimmed, typed["exceptions"].split("\n"))):
        if (found := _exception(line, errors)) is not None:
            exceptions[found[0]] = found[1]
    always = bool(typed["always"])
    if not always and not any(week) and not exceptions and not any(name in errors for name in DAYS):
        errors["always"] = "hours_none"
    return {"always": always, "week": week, "closed_on": [one for one in HOLIDAYS if one in typed["closed_on"]], "exceptions": exceptions}


def _exception(line: str, errors: Errors) -> tuple[str, list[list[str]]] | None:
    """ "24-12-2026 09:00-13:00", or "25-12-2026 gesloten"."""
    found = _EXCEPTION.fullmatch(line)
    try:
        on = date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        on = None
    if on is None or found is None:
        errors["exceptions"] = "exceptions"
        return None
    said = trimmed(found[4])
    return on.isoformat(), [] if said.lower() in CLOSED else _spans(said, errors, "exceptions")


def _spans(said: str, errors: Errors, name: str) -> list[list[str]]:
    """ "9:00-12:30, 13.00-17:00" as spans; empty or "gesloten" is none."""
    if trimmed(said).lower() in ("", *CLOSED):
        return []
    found = [_SPAN.fullmatch(trimmed(part)) for part in re.split(r"[,;]", said)]
    spans = [[f"{one[1]:0>2}:{one[2]}", f"{one[3]:0>2}:{one[4]}"] for one in found if one]
    if len(spans) < len(found) or any(minute_of(time) is None for span in spans for time in span) or any(begin == "24:00" for begin, _ in spans):
        errors[name] = "exceptions" if name == "exceptions" else "hours"
        return []
    return spans


def _told_spans(spans: list[list[str]]) -> str:
    return ", ".join("-".join(span) for span in spans)


def _lines(said: str, errors: Errors, name: str) -> list[str]:
    lines = [line for line in map(trimmed, said.split("\n")) if line]
    if len(lines) > MOST_LINES or any(len(line) > LINE for line in lines):
        errors[name] = "lines"
    return lines


def _too_large(typed: Typed, most: Mapping[str, int]) -> Errors:
    long = {name: "too_large" for name, length in most.items() if len(trimmed(typed[name])) > length}
    return {**{name: "malformed" for name in most if not is_sayable(typed[name]) or "\0" in typed[name]}, **long}
