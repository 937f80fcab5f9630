"""Form: what a person filled in, as the body of an entry; the vocabulary says how (`kinds.json`).

Texts are trimmed, what was left empty is left out, a clock time becomes an instant. What cannot be read is named per field, so that the form
can say it there and keep what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from card.clock import day_number, local_day, to_clock, to_date, to_instant
from card.entry import body_errors, is_date, is_instant, trimmed
from card.vocabulary import KINDS

Fields = Mapping[str, Sequence[str]]


def read_form(kind: str, fields: Fields, now_ms: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The body, and per field the code of what is wrong with it: `required`, `one_of_these`, `wrong`, `no_clock_time` or `too_large`."""
    body: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, field in KINDS[kind]["fields"].items():
        if field["type"] == "override":
            value: Any = _override(fields)
            if value and not value["reason"]:
                errors[name] = "required"
        else:
            value = _value(field["type"], [trimmed(text) for text in fields.get(name, ()) if trimmed(text)], now_ms)
        if value is _UNREADABLE:
            errors[name] = _UNREAD.get(field["type"], "wrong")
        elif value is not None:
            body[name] = value
    return body, body_errors(kind, body) | _asked_too(kind, body) | _wrong_days(kind, body, now_ms) | errors


def _asked_too(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What a form asks although an entry may do without: something in one of these fields, and no more text than people read on a phone."""
    errors = {name: "too_large" for name, field in KINDS[kind]["fields"].items() if name in body and _is_long(field, body[name])}
    when = KINDS[kind].get("asks_when", {})
    some = KINDS[kind].get("asks_one_of", ()) if all(body.get(name) == value for name, value in when.items()) else ()
    errors |= _vital(kind, body)
    return errors if any(name in body for name in some) or not some else {**errors, some[0]: "one_of_these"}


def _wrong_days(kind: str, body: Mapping[str, Any], now_ms: int) -> dict[str, str]:
    today = local_day(now_ms)
    days = {name: field for name, field in KINDS[kind]["fields"].items() if is_date(body.get(name))}
    wrong = {name: _wrong_day(field, day_number(body[name]) - today) for name, field in days.items()}
    return {name: code for name, code in wrong.items() if code}


def _wrong_day(field: Mapping[str, Any], ahead: int) -> str | None:
    """A day that is yet to come where something has been (`not_ahead`); one that has gone, or is further ahead than may be (`within_days`)."""
    if field.get("not_ahead"):
        return "day_ahead" if ahead > 0 else None
    if "within_days" not in field or 0 <= ahead <= field["within_days"]:
        return None
    return "day_past" if ahead < 0 else "day_far"


def _vital(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What others need most is asked until it is there, or until its writer says why it is not (`unless`)."""
    vital = KINDS[kind].get("vital")
    if not vital or vital["unless"] in body:
        return {}
    return {name: "vital" for name in vital["fields"] if name not in body}


def _is_long(field: Mapping[str, Any], value: Any) -> bool:
    if field["type"] == "override":
        return len(value["reason"]) > _LONGEST_REASON
    texts = value if field["type"] == "texts" else [value]
    return len(texts) > field.get("most", len(texts)) or any(isinstance(text, str) and len(text) > field.get("max", len(text)) for text in texts)


_UNREADABLE = object()
_UNREAD = {"instant": "no_clock_time", "clock": "no_clock_time", "date": "no_day"}
_LONGEST_REASON = 2000
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,15})?", re.ASCII)


def _value(type_: str, texts: list[str], now_ms: int) -> Any:
    if not texts or type_ == "minutes":
        return None
    if type_ in ("choices", "entries", "texts"):
        return texts
    if type_ == "bool":
        return texts[-1] in ("true", "on", "1", "yes")
    if type_ == "bool_or_text":
        return {"true": True, "false": False}.get(texts[-1], texts[-1])
    if type_ == "instant":
        return texts[-1] if is_instant(texts[-1]) else (to_instant(texts[-1], now_ms) or _UNREADABLE)
    if type_ == "clock":
        return to_clock(texts[-1]) or _UNREADABLE
    if type_ == "date":
        return to_date(texts[-1]) or _UNREADABLE
    return _number(texts[-1]) if type_ == "number" else texts[-1]


def _number(text: str) -> Any:
    return float(text) if _NUMBER.fullmatch(text) else _UNREADABLE


def _override(fields: Fields) -> dict[str, Any] | None:
    reason = trimmed(" ".join(fields.get("override.reason", ())))
    duties = [duty for duty in fields.get("override.duties", ()) if duty]
    return {"reason": reason, "duties": duties} if duties or reason else None
