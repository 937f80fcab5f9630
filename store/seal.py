"""Seal: proof that this server accepted an entry before (docs/decisions/0003). HMAC-SHA256 over the document, RFC 2104.

With it a phone may hand back what others wrote, after the server was restored from a backup that lacks it.
"""

from __future__ import annotations

import hmac


def seal(secret: bytes, document: str) -> str:
    return hmac.digest(secret, b"seal of an entry\n" + document.encode(), "sha256").hex()


def is_sealed(secret: bytes, document: str, claimed: object) -> bool:
    return isinstance(claimed, str) and hmac.compare_digest(seal(secret, document).encode(), claimed.encode("utf-8", "replace"))
