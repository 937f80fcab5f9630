"""What people and organisations are called on a form, read and judged: values that are tidy, and per field a code for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email

from store.people_file import COLUMNS
from store.roster import ROLES

MOST = {"email": 254, "name": 200, "function": 200, "team": 100, "sector": 100}

Values = dict[str, str]
Errors = dict[str, str]


def tidy(told: Mapping[str, str], *names: str) -> Values:
    """The fields with these names, without spaces that say nothing. An address is the same in capitals."""
    values = {name: " ".join(told.get(name, "").split()) for name in names}
    return {name: value.lower() if name == "email" else value for name, value in values.items()}


def wrong(values: Mapping[str, str], required: tuple[str, ...] = ()) -> Errors:
    """What is wrong with these values, by field. What is empty is wrong only where it is required."""
    found = {name: _wrong(name, value) for name, value in values.items() if value}
    missing = {name: "required" for name in required if not values.get(name)}
    return {name: code for name, code in found.items() if code} | missing


def wrong_in_line(values: dict[str, str]) -> Errors:
    """A line of a file: the address is how we know somebody, so it must be there."""
    return wrong({name: values.get(name, "") for name in COLUMNS}, required=("email",))


def _wrong(name: str, value: str) -> str | None:
    if len(value) > MOST.get(name, 20):
        return "long"
    if not value.isprintable():
        return "letters"
    if name == "role":
        return None if value in ROLES else "role"
    return None if name != "email" or _is_address(value) else "address"


def _is_address(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
