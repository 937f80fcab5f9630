"""API tokens: with what another system of an organisation reads through `/api/v1`. Its administrators make and withdraw them.

A token is 256 bits by chance and is told once; kept is only its hash. It belongs to the organisation and to nobody in it: it sees what is for the
whole organisation, writes nothing, and has no role. It opens only its scopes, and nothing from the moment it expires or is withdrawn.

In an organisation with a rota a card is for who is on duty, and a token never is: there it reads no cards, and of handovers what
`Bearer.may_hand_out` says.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import uuid6
from sqlalchemy import insert, select, update

from card.access import Viewer
from store.administration import By, record
from store.database import reading, writing
from store.models import ApiToken, Organisation, Person
from store.tokens import hash_of

# What a token can open, in the order of its form. Another feature that is read through the API adds its own here, and wears `doors.token` with it.
SCOPES = ("cards:read", "handovers:read", "calendar:read", "figures:read", "review:read")
DAYS = (30, 90, 365)
PREFIX = "motorkap_"
"""By which programs that look for secrets in code and mail know one."""
USED_EVERY_MS = 60 * 1000
DAY_MS = 24 * 60 * 60 * 1000
MOST = 50


@dataclass(frozen=True)
class Bearer:
    """The token of a request: for which organisation, and what it opens."""

    id: str
    name: str
    org: str
    org_name: str
    domain: str
    duty: str
    scopes: tuple[str, ...]
    expires_ms: int

    def viewer(self, scope: str) -> Viewer:
        """The organisation as a whole: on no card in person, and on duty only where everybody always is. For handovers and looking back it is on the
        cards of its organisation, of which it then gets what `may_hand_out` says, or how long everything took, and nothing else."""
        return Viewer(self.id, self.org, self.domain, "member", "", self.duty == "everybody" or scope in ("handovers:read", "review:read"))

    def may_hand_out(self, offer: Mapping[str, Any]) -> bool:
        """A handover from or to the organisation; where it works with a rota only what it accepted, which is its own record from then on."""
        if self.duty == "everybody":
            return self.org in (offer["from"], offer["to"])
        return bool(self.org == offer["to"] and offer["acceptances"])


@dataclass(frozen=True)
class Token:
    """A token as its page tells it. `state` is open, expired or withdrawn."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_ms: int
    expires_ms: int
    used_ms: int | None
    state: str


def make(by: By, name: str, scopes: Iterable[str], days: int) -> str:
    """A new token; it is known here and nowhere else."""
    token, opens = PREFIX + secrets.token_urlsafe(32), " ".join(one for one in SCOPES if one in set(scopes))
    told = {"org": by.org, "name": name, "scopes": opens, "by": by.person, "made_ms": by.now_ms, "expires_ms": by.now_ms + days * DAY_MS}
    with writing() as connection:
        connection.execute(insert(ApiToken).values(id=str(uuid6.uuid7()), token_hash=hash_of(token), **told))
        record(connection, by, "api_token_made", about_name=name, changes={"scopes": ("", opens), "days": ("", str(days))})
    return token


def withdraw(by: By, id_: str) -> bool:
    """Whether there was such a token of this organisation, still open or not. Who withdraws it twice withdraws it once."""
    of_org = (ApiToken.id == id_, ApiToken.org == by.org)
    with writing() as connection:
        row = connection.execute(select(ApiToken.name, ApiToken.withdrawn_ms).where(*of_org)).first()
        if row is None:
            return False
        if row.withdrawn_ms is None:
            connection.execute(update(ApiToken).where(*of_org).values(withdrawn_ms=by.now_ms, withdrawn_by=by.person))
            record(connection, by, "api_token_withdrawn", about_name=row.name)
        return True


def of(org: str, now_ms: int) -> list[Token]:
    """The tokens of an organisation, what still works first, then the newest."""
    row = ApiToken
    columns = (row.id, row.name, row.scopes, Person.name.label("made_by"), row.made_ms, row.expires_ms, row.used_ms, row.withdrawn_ms)
    wanted = select(*columns).join(Person, Person.id == row.by).where(row.org == org).order_by(row.made_ms.desc(), row.id.desc()).limit(MOST)
    with reading() as connection:
        rows = connection.execute(wanted).all()
    found = [
        Token(one.id, one.name, tuple(one.scopes.split()), one.made_by, one.made_ms, one.expires_ms, one.used_ms, _state(one, now_ms)) for one in rows
    ]
    return sorted(found, key=lambda one: one.state != "open")


def _state(row: Any, now_ms: int) -> str:
    if row.withdrawn_ms is not None:
        return "withdrawn"
    return "open" if now_ms < row.expires_ms else "expired"


def bearer(token: str, now_ms: int) -> Bearer | None:
    """Whose token this is; None when there is none, or it opens nothing any more. That it was used is written once a minute."""
    row = ApiToken
    columns = (row.id, row.name, row.org, Organisation.name.label("org_name"), Organisation.domain, Organisation.duty, row.scopes, row.expires_ms)
    wanted = select(*columns, row.used_ms).join(Organisation, Organisation.id == row.org)
    with reading() as connection:
        found = connection.execute(wanted.where(row.token_hash == hash_of(token), row.withdrawn_ms.is_(None), row.expires_ms > now_ms)).first()
    if found is None:
        return None
    if found.used_ms is None or now_ms - found.used_ms >= USED_EVERY_MS:
        with writing(alone=None) as connection:
            connection.execute(update(ApiToken).where(ApiToken.id == found.id).values(used_ms=now_ms))
    return Bearer(found.id, found.name, found.org, found.org_name, found.domain, found.duty, tuple(found.scopes.split()), found.expires_ms)
