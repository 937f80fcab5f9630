"""Leaving (is weg): which organisation would hold the card with nobody of it here any more (report 4.1.2).

The form asks that before somebody is written down as gone; the log takes every leaving, and then flags it (flags.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.gathered import Gathered
from card.presence import organisations_of

_LAST: dict[str, Any] = {"id": "~", "at": "9999999999999-ffff-ffffffff", "audience": "all", "supersedes": []}


def left_holding(card: Mapping[str, Any], body: Mapping[str, Any], by: str, org: str) -> str | None:
    """The organisation that this leaving (`body` of `presence.left`, written by `by` of `org`) takes the last person of, while it holds the card."""
    if card["closed"]:
        return None
    leaving = {**_LAST, "kind": "presence.left", "by": by, "org": org, "body": body}
    gone, before = _gone([*card["timeline"], leaving]), _gone(card["timeline"])
    return next((one for one in card["holders"] if one in gone - before), None)


def _gone(entries: list[Any]) -> set[str]:
    of = organisations_of(Gathered(entries))
    return of["left"] - of["arrived"]
