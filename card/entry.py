"""Entry: everything anybody records, immutable, in the shape it has on the wire (PROTOCOL, "An entry").

`parse` turns any JSON value into an Entry or into a Rejected that says what is wrong and where. It never raises.
Fields and top-level keys it does not know are kept: a newer phone may talk to an older server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NotRequired, TypedDict

import rfc8785

from card.anonymous import refused
from card.vocabulary import AUDIENCES, KINDS

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8
MAX_NAME = 200
"""Characters of an organisation's id, which is a short slug: no database has room for a longer one."""
_DEEPEST = 100
SERVER_FIELDS = ("seq", "received", "hash", "seal")

_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*", re.ASCII)
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_HLC = re.compile(r"[0-9]{13}-[0-9a-f]{4}-[0-9a-f]{8}")
_HOUR_MINUTE = r"([01]\d|2[0-3]):[0-5]\d"
_CLOCK = re.compile(_HOUR_MINUTE, re.ASCII)
_INSTANT = re.compile(rf"(20\d\d-\d\d-\d\d)T{_HOUR_MINUTE}(:[0-5]\d(\.\d{{1,9}})?)?(Z|[+-]{_HOUR_MINUTE})", re.ASCII)
_WHITE = " \t\n\r\f\v"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # escaped by JSON; a text may speak of \u0000, and then the backslash is escaped


class Entry(TypedDict):
    id: str
    card: str
    kind: str
    at: str
    by: str
    org: str
    device: str
    audience: str
    supersedes: list[str]
    body: dict[str, Any]
    seq: NotRequired[int]
    received: NotRequired[str]
    hash: NotRequired[str]
    seal: NotRequired[str]


@dataclass(frozen=True)
class Rejected:
    """Why an entry is not taken: a code of PROTOCOL, words for a person, and the field it is about."""

    code: str
    message: str
    field: str | None = None


def canonical(value: object) -> bytes:
    """RFC 8785 (JSON Canonicalization Scheme). Raises ValueError for what JSON cannot say: NaN, lone surrogates, huge integers."""
    try:
        return _in_order(value).encode() if _is_plain(value) else rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as problem:
        raise ValueError(str(problem)) from problem


def is_sayable(value: object) -> bool:
    """Whether canonical JSON can say it, in both languages alike: not without end, and with no number that JavaScript cannot hold."""
    if not _shallow(value, _DEEPEST):
        return False
    try:
        canonical(value)
    except ValueError:
        return False
    return True


# For plain values Python's own encoder writes what RFC 8785 asks for, ten times as fast: it escapes the same characters (section 3.2.2.2) and orders
# ASCII names alike. Fractions (3.2.2.3) and other names go the long way.
_in_order = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_MAX_INTEGER = 2**53 - 1


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, dict):
        return all(isinstance(name, str) and name.isascii() and _is_plain(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return isinstance(value, int) and -_MAX_INTEGER <= value <= _MAX_INTEGER


def parse(raw: object) -> Entry | Rejected:
    """The entry that `raw` is, without what only the server may say of it."""
    if not isinstance(raw, dict):
        return _malformed("an entry is an object", "entry")
    told = {name: value for name, value in raw.items() if name not in SERVER_FIELDS}
    told.setdefault("supersedes", [])
    document = _kept(told, MAX_DEPTH)
    if document is None:
        part = next((name for name, _ in _ENVELOPE if name in told and _kept(told[name], MAX_DEPTH - 1) is None), "entry")
        return _malformed("nested too deep, a number too large, or a text that is no text", part)
    if len(document) > MAX_BYTES:
        return Rejected("too_large", f"an entry is at most {MAX_BYTES} bytes")
    return _envelope_problem(told) or _body_problem(told["kind"], told["body"]) or told  # type: ignore[return-value]


def is_uuid7(value: object) -> bool:
    return isinstance(value, str) and _UUID7.fullmatch(value) is not None


def is_instant(value: object) -> bool:
    """An ISO 8601 date and time with its offset, of a day that exists, in this century."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    try:
        date.fromisoformat(match[1])
    except ValueError:
        return False
    return True


def is_date(value: object) -> bool:
    """A day that exists, in this century, as "2026-11-25"."""
    return isinstance(value, str) and is_instant(f"{value}T00:00Z")


def is_clock(value: object) -> bool:
    """A clock time, as "09:05"."""
    return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def trimmed(text: str) -> str:
    """Without the white space around it; ASCII only, because languages disagree about the rest."""
    return text.strip(_WHITE)


def _malformed(message: str, field: str | None = None) -> Rejected:
    return Rejected("malformed", message, field)


def _kept(value: object, depth: int) -> bytes | None:
    """The canonical JSON of what JSON, JavaScript and a database can all hold."""
    if not _shallow(value, depth):
        return None
    try:
        document = canonical(value)
    except ValueError:
        return None
    # The pattern looks behind at every byte; that the escape is there at all is seen in a thirtieth of the time.
    return None if b"\\u0000" in document and _NUL.search(document) else document


def _shallow(value: object, depth: int) -> bool:
    if depth < 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(name, str) and _shallow(inner, depth - 1) for name, inner in value.items())
    if isinstance(value, list):
        return all(_shallow(inner, depth - 1) for inner in value)
    return not isinstance(value, int | float) or -_MAX_INTEGER <= value <= _MAX_INTEGER


_ENVELOPE: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("id", is_uuid7),
    ("card", is_uuid7),
    ("kind", lambda value: isinstance(value, str)),
    ("at", lambda value: isinstance(value, str) and _HLC.fullmatch(value) is not None),
    ("by", lambda value: isinstance(value, str) and value != ""),
    ("org", lambda value: isinstance(value, str) and value != ""),
    ("device", lambda value: isinstance(value, str) and value != ""),
    ("audience", lambda value: value in AUDIENCES),
    ("supersedes", lambda value: _list_of(value, is_uuid7)),
    ("body", lambda value: isinstance(value, dict)),
)


def _envelope_problem(told: Mapping[str, Any]) -> Rejected | None:
    for field, fits in _ENVELOPE:
        if field not in told:
            return _malformed("missing", field)
        if not fits(told[field]):
            return _malformed("not of the right form", field)
    if told["kind"] not in KINDS:
        return Rejected("unknown_kind", "this server does not know the kind", "kind")
    return None


def _body_problem(kind: str, body: Mapping[str, Any]) -> Rejected | None:
    for name, code in body_errors(kind, body).items():
        return _malformed(code, f"body.{name}")
    return None


def body_errors(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a body, per field: `required`, `one_of_these` or `wrong`. Forms ask for more (`form.py`)."""
    rule = KINDS[kind]
    errors: dict[str, str] = {}
    for name, field in rule["fields"].items():
        if name not in body or body[name] is None:
            if _is_required(field, body):
                errors[name] = "required"
        elif not _fits(field, body[name]):
            errors[name] = "wrong"
        elif _is_required(field, body) and _blank(body[name]):
            errors[name] = "required"
        elif not _is_allowed(field, body) and not _blank(body[name]):
            errors[name] = "not_agreed"
    some = rule.get("at_least_one", ())
    if some and all(_blank(body.get(name)) for name in some):
        errors.setdefault(some[0], "one_of_these")
    return {**errors, **refused(kind, body)}


def means_something(kind: str, body: object) -> bool:
    """Whether the fold can use a body: what its kind cannot do without is there. Less than `body_errors` asks for, because a judgement or an offer
    must not lose its meaning over a part that decides nothing; a part of another form is then as good as absent.
    """
    if kind not in KINDS or not isinstance(body, dict):
        return False
    needed = ((name, field) for name, field in KINDS[kind]["fields"].items() if field.get("required"))
    return all(_READS[field["type"]](body.get(name), field) for name, field in needed)


def _is_required(field: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    when = field.get("required_when")
    return bool(field.get("required")) or (when is not None and all(body.get(name) == value for name, value in when.items()))


def _is_allowed(field: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """What may only be there when another field says so: a name when its bearer agreed to it."""
    when = field.get("only_when", {})
    return all(body.get(name) == value for name, value in when.items())


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and trimmed(value) == "") or value == []


def _list_of(value: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(fits(inner) for inner in value)


def _filled(value: object) -> bool:
    return isinstance(value, str) and not _blank(value)


def _number(value: object, field: Mapping[str, Any]) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and field["min"] <= value <= field["max"]


def _person(value: object) -> bool:
    if isinstance(value, dict):
        return _filled(value.get("name")) and isinstance(value.get("organisation"), str | None)
    return isinstance(value, str)


def _text_or_parts(value: object) -> bool:
    """A text, or a text in named parts: {"if": ..., "then": ...}."""
    return isinstance(value, str) or (isinstance(value, dict) and all(isinstance(part, str) for part in value.values()))


def are_minutes(value: object) -> bool:
    """Three ascending numbers of whole minutes, of a day at most: after how long of waiting which step follows (report 4.2.1)."""
    if not isinstance(value, list) or len(value) != 3 or not all(_is_whole(one) and 0 < one <= 24 * 60 for one in value):
        return False
    return bool(value[0] < value[1] < value[2])


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def _override(value: object) -> bool:
    return isinstance(value, dict) and _filled(value.get("reason")) and _list_of(value.get("duties"), is_uuid7)


_FITS: dict[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "text": lambda value, field: isinstance(value, str),
    "choice": lambda value, field: isinstance(value, str) and value in field["choices"],
    "choices": lambda value, field: _list_of(value, lambda one: isinstance(one, str) and one in field["choices"]),
    "bool": lambda value, field: isinstance(value, bool),
    "bool_or_text": lambda value, field: isinstance(value, bool | str),
    "entry": lambda value, field: is_uuid7(value),
    "entries": lambda value, field: _list_of(value, is_uuid7),
    "instant": lambda value, field: is_instant(value),
    "date": lambda value, field: is_date(value),
    "clock": lambda value, field: is_clock(value),
    "number": _number,
    "person": lambda value, field: _person(value),
    "organisation": lambda value, field: isinstance(value, str) and len(value) <= MAX_NAME,
    "texts": lambda value, field: _list_of(value, _text_or_parts),
    "situation": lambda value, field: isinstance(value, str) and _SLUG.fullmatch(value) is not None,
    "override": lambda value, field: _override(value),
    "minutes": lambda value, field: are_minutes(value),
}
# How the fold reads a field that its kind cannot do without. What says yes or no is no when it is absent.
_READS: dict[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "text": lambda value, field: _filled(value),
    "choice": _FITS["choice"],
    "bool": lambda value, field: True,
    "entry": lambda value, field: _filled(value),
    "instant": _FITS["instant"],
    "date": _FITS["date"],
    "clock": _FITS["clock"],
    "person": lambda value, field: _person(value) and not _blank(value),
    "organisation": lambda value, field: _filled(value),
    "situation": lambda value, field: isinstance(value, str),
}


def _fits(field: Mapping[str, Any], value: Any) -> bool:
    return _FITS[field["type"]](value, field)
