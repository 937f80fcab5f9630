"""Who it is that a provider sends: the person here, found by issuer and subject, and the first time by address.

An address is only a way to find somebody once: it must be in a domain of the organisation, and the provider must say that it was checked.
Nobody is ever found in another organisation than the provider's own. Addresses are given to somebody else when people leave; who comes with the
address of somebody the provider knows under another name is therefore refused, until an administrator takes the old link away.

The group claim gives the role at every signing in. The last administrator keeps theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from store import invitations, roster
from store.administration import By, record
from store.database import reading, writing
from store.mail_domain import domain_of
from store.models import Person, ProviderLink
from store.provider import Provider
from store.refused import Refused


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody. `groups`: None where it does not say in which groups they are."""

    sub: str
    email: str
    email_verified: bool
    name: str
    groups: frozenset[str] | None


@dataclass(frozen=True)
class Came:
    person: str
    role_changed: bool


def come_in(provider: Provider, claims: Claims, by_name: str, now_ms: int) -> Came | Refused:
    """The person who may come in by this; or why not, as a code."""
    by = By(provider.org, now_ms, None, by_name)
    try:
        with writing() as connection:
            person = _linked(connection, provider, claims) or _by_address(connection, by, provider, claims)
            if isinstance(person, Refused):
                return person
            return Came(person, _give_role(connection, by, person, role_of(provider, claims.groups)))
    except IntegrityError:
        return Refused("unknown")


def role_of(provider: Provider, groups: frozenset[str] | None) -> str | None:
    """The role by the table of groups. None: the table says nothing. Who is in no group of it is a member."""
    if not provider.terms.groups or groups is None:
        return None
    return next((role for group, role in provider.terms.groups if group in groups), "member")


def is_linked(person: str) -> bool:
    with reading() as connection:
        return connection.scalar(select(ProviderLink.person).where(ProviderLink.person == person)) is not None


def unlink(by: By, person: str) -> bool:
    """An administrator says that the provider will know this person under another name. False: nobody of this organisation."""
    with writing() as connection:
        name = connection.scalar(select(Person.name).where(Person.id == person, Person.org == by.org))
        if name is None:
            return False
        if connection.execute(delete(ProviderLink).where(ProviderLink.person == person)).rowcount:
            record(connection, by, "unlinked", person, name)
    return True


def _linked(connection: Connection, provider: Provider, claims: Claims) -> str | Refused | None:
    known = ProviderLink.org == provider.org, ProviderLink.issuer == provider.terms.issuer, ProviderLink.sub == claims.sub
    found = select(Person.id, Person.active).join(ProviderLink, ProviderLink.person == Person.id).where(*known, Person.org == provider.org)
    row = connection.execute(found).first()
    if row is None:
        return None
    return str(row.id) if row.active else Refused("off")


def _by_address(connection: Connection, by: By, provider: Provider, claims: Claims) -> str | Refused:
    if not claims.email or domain_of(claims.email) not in provider.terms.domains:
        return Refused("other_domain")
    if not claims.email_verified:
        return Refused("not_verified")
    row = connection.execute(select(Person.id, Person.org, Person.active, Person.name).where(Person.email == claims.email)).first()
    if row is None:
        return _newcomer(connection, by, provider, claims)
    if row.org != provider.org:
        return Refused("unknown")
    if not row.active:
        return Refused("off")
    if connection.scalar(select(ProviderLink.sub).where(ProviderLink.person == row.id)) is not None:
        return Refused("other_account")
    return _link(connection, by, provider, claims, row.id, row.name)


def _newcomer(connection: Connection, by: By, provider: Provider, claims: Claims) -> str | Refused:
    """Who was invited, with what the invitation says; anybody else only where the organisation wants that."""
    name = claims.name or claims.email.partition("@")[0]
    person = invitations.newcomer_within(connection, by, claims.email, name, uninvited=provider.terms.newcomers == "everybody")
    return Refused("unknown") if person is None else _link(connection, by, provider, claims, person, name)


def _link(connection: Connection, by: By, provider: Provider, claims: Claims, person: str, name: str) -> str:
    connection.execute(insert(ProviderLink).values(person=person, org=provider.org, issuer=provider.terms.issuer, sub=claims.sub))
    record(connection, by, "linked", person, name)
    return person


def _give_role(connection: Connection, by: By, person: str, role: str | None) -> bool:
    """Whether the role is another than it was."""
    if role is None:
        return False
    before = connection.scalar(select(Person.role).where(Person.id == person))
    changed = roster.change_within(connection, by, person, {"role": role})
    return isinstance(changed, roster.Row) and changed.role != before
