"""Challenges: what an authenticator is asked to sign (WebAuthn, 13.4.3). Each is for one browser and one purpose, for five minutes, and once.

They are on the server and not in a signed cookie, because a cookie can be sent again. Taking one is one DELETE: of two who bring the same
answer at the same moment, one finds nothing.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from store.database import writing
from store.models import Challenge
from store.tokens import hash_of

VALID_MS = 5 * 60 * 1000
_BYTES = 32


@dataclass(frozen=True)
class Asked:
    """A new challenge, and the name under which the browser brings the answer."""

    id: str
    challenge: str


@dataclass(frozen=True)
class Taken:
    challenge: str
    about: dict[str, str]


def ask(what: str, about: dict[str, str], now_ms: int) -> Asked:
    """`about`: what must still hold when the answer comes, such as whose passkey it will be. What nobody answered in time is swept out on the way."""
    asked = Asked(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))
    row = {"id_hash": hash_of(asked.id), "challenge": asked.challenge, "what": what, "about": json.dumps(about), "expires_ms": now_ms + VALID_MS}
    with writing() as connection:
        connection.execute(delete(Challenge).where(Challenge.expires_ms < now_ms))
        connection.execute(insert(Challenge).values(row))
    return asked


def take(id_: str, what: str, now_ms: int) -> Taken | None:
    """The challenge of this name, which is used up by this; None when it is over, used, or for something else."""
    this = Challenge.id_hash == hash_of(id_)
    with writing() as connection:
        row = connection.execute(select(Challenge).where(this)).mappings().first()
        if row is None or connection.execute(delete(Challenge).where(this)).rowcount != 1:
            return None
    return Taken(row["challenge"], json.loads(row["about"])) if row["what"] == what and row["expires_ms"] >= now_ms else None
