"""Doubt: what a form asks its writer once more before it is written: why everybody may see this, and whether it should name somebody.

The form asks, never the log: an entry of another client is taken without (PROTOCOL, "POST /sync"). An alarm is never held up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from card.anonymous import watched
from card.identifying import identifying
from card.sensitive import looks_sensitive, texts_in
from card.vocabulary import KINDS, WRITTEN

NEVER_ASKED = ("alarm.raised",)


def ground_asked(kind: str, body: Mapping[str, Any], audience: str) -> str | None:
    """`ground_medical` or `ground_criminal` where it is for everybody, looks like that, and no ground was given."""
    fields = KINDS[kind]["fields"]
    if kind in NEVER_ASKED or audience != "all" or "ground" not in fields or "ground" in body:
        return None
    looks = looks_sensitive({name: body[name] for name in fields if name in body and fields[name]["type"] in WRITTEN})
    return f"ground_{looks}" if looks else None


def names_asked(kind: str, body: Mapping[str, Any], anonymous: bool) -> list[dict[str, str]]:
    """What the form names where nobody should be named, as {field, what, said}."""
    if kind in NEVER_ASKED:
        return []
    fields = watched(kind, anonymous)
    return [{"field": field, **found} for field in fields for text in texts_in(body.get(field)) for found in identifying(text)]
