"""Tokens: long random texts that let somebody in. Kept is only their hash, so that who reads the database cannot use them."""

from __future__ import annotations

import hashlib


def hash_of(token: str) -> str:
    """The token itself is random enough that no salt is needed. What somebody makes up may be no text at all; it fits none then."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
