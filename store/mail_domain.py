"""Mail domains: what stands behind the @ leads to an organisation's provider, so a domain belongs to one organisation only.

Whose domain it is cannot be proved here, and a wrong claim would send other people's sign-in to a stranger. So an administrator may claim only the
domain of their own address, no domain of a public mail service, and none in which people of another organisation have their address already.
Who runs this server may claim any free domain, with `flask claim-domain`. A wrong claim never lets anybody into another organisation
(`store/provider_link.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from store.administration import By, record
from store.database import reading, writing
from store.models import MailDomain, Person

PUBLIC = {
    "gmail.com", "googlemail.com", "outlook.com", "outlook.nl", "hotmail.com", "hotmail.nl", "live.com", "live.nl", "msn.com", "icloud.com",
    "me.com", "mac.com", "yahoo.com", "yahoo.nl", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "ziggo.nl", "kpnmail.nl", "kpnplanet.nl",
    "planet.nl", "xs4all.nl", "home.nl", "hetnet.nl", "upcmail.nl", "casema.nl",
}  # fmt: skip
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")


def domain_of(email: str) -> str:
    return email.strip().lower().rpartition("@")[2]


def is_domain(text: str) -> bool:
    return _DOMAIN.fullmatch(text) is not None


def domains_of(org: str) -> list[str]:
    with reading() as connection:
        return domains_within(connection, org)


def domains_within(connection: Connection, org: str) -> list[str]:
    return list(connection.scalars(select(MailDomain.domain).where(MailDomain.org == org).order_by(MailDomain.domain)))


def keep_within(connection: Connection, by: By, domains: Sequence[str]) -> str | None:
    """These are the domains of the organisation from now on; or why one of them cannot be, as a code, and then nothing is changed."""
    known = set(domains_within(connection, by.org))
    for domain in sorted(set(domains) - known):
        if problem := _taken(connection, by.org, domain) or _not_for(connection, by, domain):
            return problem
    connection.execute(delete(MailDomain).where(MailDomain.org == by.org, MailDomain.domain.not_in(domains)))
    if new := sorted(set(domains) - known):
        connection.execute(insert(MailDomain), [{"domain": domain, "org": by.org} for domain in new])
    return None


def claim(by: By, domain: str) -> str | None:
    """What the command does: no rule about addresses, because who runs the server has asked. Why not, as a code."""
    with writing() as connection:
        if problem := _taken(connection, by.org, domain):
            return problem
        if domain not in domains_within(connection, by.org):
            connection.execute(insert(MailDomain).values(domain=domain, org=by.org))
            record(connection, by, "domain_claimed", about_name=domain)
    return None


def _taken(connection: Connection, org: str, domain: str) -> str | None:
    holder = connection.scalar(select(MailDomain.org).where(MailDomain.domain == domain))
    return None if holder in (None, org) else "domain_taken"


def _not_for(connection: Connection, by: By, domain: str) -> str | None:
    """Why this administrator cannot claim it."""
    if domain in PUBLIC:
        return "domain_public"
    own = connection.scalar(select(Person.email).where(Person.id == by.person, Person.org == by.org))
    if own is None or domain_of(own) != domain:
        return "domain_not_yours"
    has = Person.email.endswith(f"@{domain}", autoescape=True)
    elsewhere = connection.scalar(select(Person.id).where(has, Person.org != by.org).limit(1))
    return None if elsewhere is None else "domain_elsewhere"
