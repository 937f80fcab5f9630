"""Sensitive: does a text look medical or criminal? Only the form asks that, before it writes for everyone (docs/access.md); `/sync` never does.

It looks for words (`vocabulary/sensitive.json`), so it will miss and it will ask in vain. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from card.vocabulary import SENSITIVE

# A word begins where no letter stands before it; in JavaScript just the same.
_LETTER = "[a-z0-9à-öø-ÿ]"


def looks_sensitive(body: dict[str, Any]) -> str | None:
    """`medical`, `criminal` or None. Where it looks like both, medical: the strictest rules are of that."""
    said = " \n ".join(texts_in(body)).lower()
    return next((sort for sort, pattern in _PATTERNS.items() if pattern.search(said)), None)


def texts_in(value: Any) -> list[str]:
    """Every text that somebody typed, however deep."""
    if isinstance(value, str):
        return [value]
    inner: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts_in(one)]


def _pattern(sort: str) -> re.Pattern[str]:
    stems, words = ("|".join(map(re.escape, SENSITIVE[sort][part])) for part in ("stems", "words"))
    return re.compile(f"(?<!{_LETTER})(?:{stems}|(?:{words})(?!{_LETTER}))", re.ASCII)


_PATTERNS = {sort: _pattern(sort) for sort in ("medical", "criminal")}
