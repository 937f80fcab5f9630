"""Half-way in: the password was right, the second way is still to come. Kept for five minutes in the signed session, which knows nobody as yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from blueprints import server
from store import people, second_factor

VALID_MS = 5 * 60 * 1000
_KEY = "halfway"


@dataclass(frozen=True)
class Half:
    person: str
    next: str
    sets_up: bool
    can_make: bool


def is_needed(person: str) -> bool:
    """Whether a password alone is not enough: there is a second way, or the organisation asks for one."""
    return second_factor.is_set_up(person) or second_factor.is_required(person)


def begin(person: str, destination: str) -> AnyResponse:
    session.clear()
    session[_KEY] = {"person": person, "next": destination, "since": server.now_ms(), "can_make": can_make()}
    return redirect(url_for("second_step.code"), 303)


def current() -> Half | None:
    """Who is half-way in; nobody after five minutes, or when the account was closed meanwhile."""
    kept = session.get(_KEY)
    if not kept or not 0 <= server.now_ms() - kept["since"] <= VALID_MS or people.account_of_person(kept["person"]) is None:
        return None
    return Half(kept["person"], kept["next"], bool(kept.get("sets_up")), bool(kept.get("can_make")))


def can_make() -> bool:
    """Whether the script of the sign-in page said that this device can make a passkey, by its own lock."""
    return request.form.get("can_make") == "yes"


def sets_up() -> None:
    """From here on the secret of this attempt stays the same; an earlier one, which somebody else may have seen, counts no longer."""
    session[_KEY] = {**session[_KEY], "sets_up": True}
