"""Provider: where the people of an organisation sign in with the account that they have there (OpenID Connect Core 1.0).

The client secret is kept encrypted and never leaves but to the provider. Another issuer or client means that the provider calls everybody by
another name, so who was linked must be found again by address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store import kept_secret, mail_domain
from store.administration import By, record
from store.database import reading, writing
from store.models import MailDomain, Organisation, Person, ProviderLink
from store.models import Provider as ProviderRow
from store.refused import Refused

NEWCOMERS = ("invited", "everybody")
PASSWORDS = ("allowed", "off")
_PURPOSE = b"motorkap provider"


@dataclass(frozen=True)
class Terms:
    """What an administrator says about it. `groups`: a group at the provider and the role here, the first that fits counts."""

    issuer: str
    client_id: str
    group_claim: str
    groups: tuple[tuple[str, str], ...]
    newcomers: str
    passwords: str
    domains: tuple[str, ...]


@dataclass(frozen=True)
class Provider:
    org: str
    org_name: str
    terms: Terms


_WANTED = select(ProviderRow, Organisation.name).join(Organisation, Organisation.id == ProviderRow.org)


def provider_of(org: str) -> Provider | None:
    with reading() as connection:
        return _read(connection, connection.execute(_WANTED.where(ProviderRow.org == org)).first())


def provider_for(email: str) -> Provider | None:
    """The provider to which the domain of this address leads. It says nothing about whether anybody has this address."""
    domain = mail_domain.domain_of(email)
    with reading() as connection:
        wanted = _WANTED.join(MailDomain, MailDomain.org == ProviderRow.org).where(MailDomain.domain == domain)
        return _read(connection, connection.execute(wanted).first())


def is_any() -> bool:
    with reading() as connection:
        return connection.scalar(select(ProviderRow.org).limit(1)) is not None


def passwords_are_off(org: str) -> bool:
    with reading() as connection:
        return connection.scalar(select(ProviderRow.passwords).where(ProviderRow.org == org)) == "off"


def password_is_off(person: str) -> bool:
    """Whether this person's organisation wants them to sign in at its provider only. Its administrators keep their password, so that a provider that
    is set up wrongly shuts nobody out for good."""
    wanted = select(Person.role).join(ProviderRow, ProviderRow.org == Person.org).where(Person.id == person, ProviderRow.passwords == "off")
    with reading() as connection:
        role = connection.scalar(wanted)
    return role is not None and role != "admin"


def secret_of(org: str, secret_key: bytes) -> str | None:
    """None where there is none, or where the server's secret is another than when it was kept."""
    with reading() as connection:
        kept = connection.scalar(select(ProviderRow.client_secret).where(ProviderRow.org == org))
    return None if kept is None else kept_secret.shown(kept, secret_key, _PURPOSE)


def keep(by: By, terms: Terms, secret: str, secret_key: bytes) -> Refused | None:
    """From now on this is how the organisation signs in. An empty secret: the one that is kept stays."""
    with writing() as connection:
        known = _read(connection, connection.execute(_WANTED.where(ProviderRow.org == by.org)).first())
        if known is None and not secret:
            return Refused("required")
        before = known.terms if known else Terms("", "", "", (), "", "", tuple(mail_domain.domains_within(connection, by.org)))
        if problem := mail_domain.keep_within(connection, by, terms.domains):
            return Refused(problem)
        _write(connection, by.org, terms, secret and kept_secret.hidden(secret, secret_key, _PURPOSE), new=known is None)
        if (before.issuer, before.client_id) != (terms.issuer, terms.client_id):
            connection.execute(delete(ProviderLink).where(ProviderLink.org == by.org))
        if changes := _changes(before, terms):
            record(connection, by, "provider_changed", about_name=terms.issuer, changes=changes)
        if known is not None and secret:
            record(connection, by, "provider_secret", about_name=terms.issuer)
    return None


def remove(by: By) -> bool:
    """No provider any more: its domains are free and nobody is linked. False where there was none."""
    with writing() as connection:
        issuer = connection.scalar(select(ProviderRow.issuer).where(ProviderRow.org == by.org))
        if issuer is None:
            return False
        for table in (ProviderRow, MailDomain, ProviderLink):
            connection.execute(delete(table).where(table.org == by.org))
        record(connection, by, "provider_removed", about_name=issuer)
    return True


def _write(connection: Connection, org: str, terms: Terms, hidden: str, new: bool) -> None:
    facts: dict[str, Any] = {name: getattr(terms, name) for name in ("issuer", "client_id", "group_claim", "newcomers", "passwords")}
    facts["groups"] = json.dumps(terms.groups, ensure_ascii=False)
    facts |= {"client_secret": hidden} if hidden else {}
    connection.execute(insert(ProviderRow).values(org=org, **facts) if new else update(ProviderRow).where(ProviderRow.org == org).values(facts))


def _changes(before: Terms, after: Terms) -> Mapping[str, tuple[str, str]]:
    old, new = _said(before), _said(after)
    return {name: (old[name], value) for name, value in new.items() if old[name] != value}


def _said(terms: Terms) -> dict[str, str]:
    """In words for the log of what administrators did; the secret is not among them."""
    groups = ", ".join(f"{group} = {role}" for group, role in terms.groups)
    return {**asdict(terms), "groups": groups, "domains": ", ".join(terms.domains)}


def _read(connection: Connection, row: Any) -> Provider | None:
    if row is None:
        return None
    groups = tuple((group, role) for group, role in json.loads(row.groups))
    said = (row.issuer, row.client_id, row.group_claim, groups, row.newcomers, row.passwords)
    return Provider(row.org, row.name, Terms(*said, tuple(mail_domain.domains_within(connection, row.org))))
