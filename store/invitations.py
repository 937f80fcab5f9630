"""Invitations: links by which somebody gets an account, or a new password. Each works once, for 72 hours, and can be withdrawn.

The token is 256 bits by chance and is given away at once; kept is only its hash. So whoever reads the database can use no invitation.
Taking one is one UPDATE that asks in its own WHERE whether it is still open: of two who come at the same moment, one finds it used.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import uuid6
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from store import passkeys
from store.administration import By, record
from store.database import reading, writing
from store.models import Invitation, Organisation, Person
from store.refused import Refused
from store.tokens import hash_of

VALID_MS = 72 * 60 * 60 * 1000
KNOWN_MS = 90 * 24 * 60 * 60 * 1000
"""How long somebody who was invited by address may come in by the provider of the organisation: who reads the link proves nothing there, so it may be
longer than a link works."""


@dataclass(frozen=True)
class Invited:
    """What somebody who is invited will be."""

    email: str
    name: str
    function: str
    role: str
    team: str


@dataclass(frozen=True)
class Made:
    """A new invitation. The token is known here and nowhere else; `replaced`: an older link for the same address works no longer."""

    id: str
    token: str
    expires_ms: int
    replaced: bool = False


@dataclass(frozen=True)
class Shown:
    """An invitation as its page tells it. `state` is open, used, expired or withdrawn."""

    id: str
    org: str
    org_name: str
    domain: str
    person: str | None
    invited: Invited
    inviter: str
    expires_ms: int
    state: str

    @property
    def known_until_ms(self) -> int:
        """Until when the provider of the organisation can bring this person in, also without the link."""
        return self.expires_ms - VALID_MS + KNOWN_MS


def invite(by: By, invited: Invited) -> Made | Refused:
    with writing() as connection:
        return invite_within(connection, by, invited)


def invite_within(connection: Connection, by: By, invited: Invited) -> Made | Refused:
    """Invite somebody who has no account yet. An open invitation for the same address is withdrawn: there is one link a person."""
    taken = in_use(connection, by.org, invited.email)
    if taken is not None:
        return Refused(taken)
    same = Invitation.org == by.org, Invitation.email == invited.email, Invitation.person.is_(None)
    replaced = invited.email and connection.scalar(select(Invitation.id).where(*same, *_open(by.now_ms))) is not None
    if invited.email:
        _withdraw(connection, by, *same)
    made = _make(connection, by, None, invited)
    record(connection, by, "invited", about_name=invited.name or invited.email, changes={"role": ("", invited.role)})
    return Made(made.id, made.token, made.expires_ms, bool(replaced))


def new_password_link(by: By, person: str) -> Made | Refused:
    """A link by which somebody of this organisation chooses a new password."""
    known = select(Person.email, Person.name, Person.function, Person.role, Person.team)
    with writing() as connection:
        row = connection.execute(known.where(Person.id == person, Person.org == by.org, Person.active)).first()
        if row is None:
            return Refused("inactive")
        _withdraw(connection, by, Invitation.person == person)
        record(connection, by, "password_link", person, row.name)
        return _make(connection, by, person, Invited(*row))


def in_use(connection: Connection, org: str, email: str) -> str | None:
    """Whether there is an account with this address, as a code; no more is said of accounts elsewhere than that the address is taken."""
    if not email:
        return None
    row = connection.execute(select(Person.org, Person.active).where(Person.email == email)).first()
    if row is None:
        return None
    if row.org != org:
        return "in_use"
    return "in_use_here" if row.active else "in_use_inactive"


def withdraw(by: By, invitation: str) -> bool:
    """Whether there was such an open invitation of this organisation."""
    with writing() as connection:
        known = connection.execute(select(Invitation.name, Invitation.email).where(Invitation.id == invitation, Invitation.org == by.org)).first()
        if known is None or not _withdraw(connection, by, Invitation.id == invitation):
            return False
        record(connection, by, "withdrawn", about_name=known.name or known.email)
    return True


def withdraw_of(connection: Connection, by: By, person: str) -> None:
    """Links for a new password of somebody who may no longer come in."""
    _withdraw(connection, by, Invitation.person == person)


def of_token(token: str, now_ms: int) -> Shown | None:
    """The invitation of a link; None where there never was one."""
    found = _shown(now_ms, Invitation.token_hash == hash_of(token))
    return found[0] if found else None


def open_of(org: str, now_ms: int, with_provider: bool = False) -> list[Shown]:
    """The open invitations of an organisation, the last first. With a provider also those of which only the link works no longer."""
    counts = or_(Invitation.expires_ms > now_ms, and_(*_known(now_ms))) if with_provider else Invitation.expires_ms > now_ms
    return _shown(now_ms, Invitation.org == org, *_unused(), counts)


def long_over(now_ms: int) -> int:
    """How many invitations can bring nobody in any more, by the link or by a provider, whatever became of them."""
    with reading() as connection:
        return connection.scalar(select(func.count()).select_from(Invitation).where(_long_over(now_ms))) or 0


def erase_long_over(now_ms: int) -> int:
    """Away with them, and with the names and addresses in them. How many went."""
    with writing() as connection:
        return connection.execute(delete(Invitation).where(_long_over(now_ms))).rowcount


def _long_over(now_ms: int) -> Any:
    return Invitation.created_ms <= now_ms - KNOWN_MS


def is_taken(email: str) -> bool:
    """Whether there is an account with this address, anywhere."""
    with reading() as connection:
        return in_use(connection, "", email) is not None


Passkey = tuple[str, passkeys.Made]
"""Of somebody new: the handle that their authenticator was given, and what it made."""


def accept(token: str, email: str, name: str, password_hash: str, now_ms: int, passkey: Passkey | None = None) -> str | Refused:
    """The person who came by this link, now with this password or this passkey; or why not. What is refused uses nothing up."""
    try:
        with writing() as connection:
            came = _accept(connection, hash_of(token), email, name, password_hash, now_ms, passkey is not None)
            if passkey and isinstance(came, str):
                handle, made = passkey
                passkeys.add_within(connection, came, made, now_ms, handle)
            return came
    except IntegrityError:
        return Refused("in_use")


def _accept(connection: Connection, token_hash: str, email: str, name: str, password_hash: str, now_ms: int, only_new: bool) -> str | Refused:
    row = connection.execute(select(Invitation).where(Invitation.token_hash == token_hash)).mappings().first()
    if row is None or (only_new and row["person"] is not None):
        return Refused("gone")
    if row["person"] is None and in_use(connection, "", email):
        return Refused("in_use")
    used = update(Invitation).where(Invitation.token_hash == token_hash, *_open(now_ms)).values(used_ms=now_ms)
    if connection.execute(used).rowcount != 1:
        return Refused("gone")
    if row["person"] is None:
        return _new_person(connection, row, email, name, password_hash, now_ms)
    connection.execute(update(Person).where(Person.id == row["person"]).values(password_hash=password_hash))
    record(connection, By(row["org"], now_ms, row["person"], row["name"]), "password_renewed", row["person"], row["name"])
    return str(row["person"])


def newcomer_within(connection: Connection, by: By, email: str, name: str, uninvited: bool) -> str | None:
    """Somebody whom the provider of the organisation vouches for: what they are stands in their invitation, which is used by this, also when its
    link is over. Nobody was invited: a member where that is allowed. They have no password."""
    wanted = select(Invitation).where(Invitation.org == by.org, Invitation.email == email, *_unused(), *_known(by.now_ms))
    invited = connection.execute(wanted).mappings().first()
    if invited is not None:
        connection.execute(update(Invitation).where(Invitation.id == invited["id"]).values(used_ms=by.now_ms))
        return _new_person(connection, invited, email, invited["name"] or name, "", by.now_ms)
    return _new_person(connection, {"org": by.org, "function": "", "role": "member", "team": ""}, email, name, "", by.now_ms) if uninvited else None


def _new_person(connection: Connection, row: Any, email: str, name: str, password_hash: str, now_ms: int) -> str:
    person = str(uuid6.uuid7())
    given = {key: row[key] for key in ("org", "function", "role", "team")}
    connection.execute(insert(Person).values(id=person, email=email, name=name, password_hash=password_hash, active=True, **given))
    record(connection, By(row["org"], now_ms, person, name), "joined", person, name, {"role": ("", row["role"])})
    return person


def _make(connection: Connection, by: By, person: str | None, invited: Invited) -> Made:
    token, id_ = secrets.token_urlsafe(32), str(uuid6.uuid7())
    facts = {"email": invited.email, "name": invited.name, "function": invited.function, "role": invited.role, "team": invited.team}
    times = {"created_ms": by.now_ms, "expires_ms": by.now_ms + VALID_MS}
    row = {"id": id_, "token_hash": hash_of(token), "org": by.org, "person": person, "invited_by": by.person, **facts, **times}
    connection.execute(insert(Invitation).values(row))
    return Made(id_, token, by.now_ms + VALID_MS)


def _withdraw(connection: Connection, by: By, *which: Any) -> int:
    """How many invitations of this organisation that nobody used were withdrawn, also those of which the link is over."""
    statement = update(Invitation).where(Invitation.org == by.org, *which, *_unused()).values(withdrawn_ms=by.now_ms)
    return connection.execute(statement).rowcount


def _open(now_ms: int) -> tuple[Any, ...]:
    return *_unused(), Invitation.expires_ms > now_ms


def _unused() -> tuple[Any, ...]:
    return Invitation.used_ms.is_(None), Invitation.withdrawn_ms.is_(None)


def _known(now_ms: int) -> tuple[Any, ...]:
    """Somebody new was invited by address, and not too long ago for a provider to bring them in."""
    return Invitation.person.is_(None), Invitation.email != "", Invitation.created_ms > now_ms - KNOWN_MS


def _shown(now_ms: int, *which: Any) -> list[Shown]:
    inviter = Person.__table__.alias("inviter")
    wanted = (
        select(Invitation, Organisation.name.label("org_name"), Organisation.domain, inviter.c.name.label("inviter"))
        .join(Organisation, Organisation.id == Invitation.org)
        .outerjoin(inviter, inviter.c.id == Invitation.invited_by)
        .where(*which)
        .order_by(Invitation.id.desc())
    )
    with reading() as connection:
        rows = connection.execute(wanted).mappings().all()
    return [_as_shown(row, now_ms) for row in rows]


def _as_shown(row: Any, now_ms: int) -> Shown:
    invited = Invited(*(row[name] for name in ("email", "name", "function", "role", "team")))
    state = "used" if row["used_ms"] is not None else "withdrawn" if row["withdrawn_ms"] is not None else "open"
    if state == "open" and row["expires_ms"] <= now_ms:
        state = "expired"
    about = (row["id"], row["org"], row["org_name"], row["domain"], row["person"])
    return Shown(*about, invited, row["inviter"] or "", row["expires_ms"], state)
