"""Seal: proof that this server accepted an entry before (docs/decisions/0003). HMAC-SHA256 over the document, RFC 2104.

With it a phone may hand back what others wrote, after the server was restored from a backup that lacks it.
"""

from __future__ import annotations

import hmac
from functools import lru_cache


def seal(secret: bytes, document: str) -> str:
    begun = _begun(secret).copy()
    begun.update(document.encode())
    return begun.hexdigest()


@lru_cache(maxsize=8)
def _begun(secret: bytes) -> hmac.HMAC:
    """What all seals of a secret begin with, worked out once."""
    return hmac.new(secret, b"seal of an entry\n", "sha256")


def is_sealed(secret: bytes, document: str, claimed: object) -> bool:
    return isinstance(claimed, str) and hmac.compare_digest(seal(secret, document).encode(), claimed.encode("utf-8", "replace"))
