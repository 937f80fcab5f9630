"""Kept secrets: what the server must be able to read again is kept encrypted (Fernet) under a key that follows from the server's own secret
(HKDF, RFC 5869). A copy of the database alone tells nobody. Each purpose has a key of its own.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hidden(secret: str, secret_key: bytes, purpose: bytes) -> str:
    return _box(secret_key, purpose).encrypt(secret.encode()).decode()


def shown(kept: str, secret_key: bytes, purpose: bytes) -> str | None:
    """None where the server's secret is another than when this was kept: then it must be given again."""
    try:
        return _box(secret_key, purpose).decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def _box(secret_key: bytes, purpose: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key)
    return Fernet(base64.urlsafe_b64encode(derived))
