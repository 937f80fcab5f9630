"""The labels of the vocabulary, a file a language. The phone has only those of its own language (static/worker/words.js)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def words(lang: str) -> dict[str, str]:
    """The labels in one language (`nl` or `en`), by key."""
    return dict(json.loads((Path(__file__).parent / f"words.{lang}.json").read_text("utf-8")))
