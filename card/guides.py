"""Guides (handreikingen): which are offered for a situation and for a place, and until when (report 3.1.2, 4.1.1, 4.1.2).

A guide of the book `guides` is {"id", "title", "situations": [slugs], "place": text, "owner", "version", "valid_until": "2027-11-25", "source",
"instead_of": id of a common guide or "", "steps": [{"text", "more"}]}. No safety decision hangs on a day: past its date a guide is not offered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

Guide = dict[str, Any]

_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[a-z0-9]+")


def plain(text: str) -> str:
    """A text as words with a space on either side, without capitals, accents or signs; empty for none."""
    words = _WORD.findall(_MARKS.sub("", unicodedata.normalize("NFD", text)).lower())
    return f" {' '.join(words)} " if words else ""


def is_past(guide: Guide, today: str) -> bool:
    """Whether its last day lies before today, both as "2026-11-25"."""
    return bool(guide["valid_until"] < today)


def offered(guides: Sequence[Guide], org: str, today: str) -> list[Guide]:
    """What is offered today to somebody of this organisation: nothing past its date, and no common guide that it has its own version of."""
    current = [guide for guide in guides if not is_past(guide, today)]
    replaced = {guide["instead_of"] for guide in current if guide["owner"] == org}
    return [guide for guide in current if guide["id"] not in replaced]


def fitting(guides: Sequence[Guide], org: str, situation: str, place: str, today: str) -> list[Guide]:
    """The guides for where this is, then those for what kind of situation it is. A guide for a place is only for there, and goes before the common
    one that it was made from.
    """
    here, now = plain(place), offered(guides, org, today)
    of_place = [guide for guide in now if plain(guide["place"]) and plain(guide["place"]) in here]
    replaced = {guide["instead_of"] for guide in of_place}
    of_situation = [guide for guide in now if not plain(guide["place"]) and situation.replace("-", "_") in guide["situations"]]
    return [guide for guide in of_place + of_situation if guide["id"] not in replaced]
