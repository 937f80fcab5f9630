"""Edition: a short name for what a book of the shelf says now. Phones ask for the book again only when its edition differs (docs/protocol.md)."""

from __future__ import annotations

import hashlib
import json


def edition(content: object) -> str:
    """The same content has the same edition, on every server and after every restart."""
    told = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
