"""The form about an organisation's provider, read and judged: values that are tidy, and per field a code for what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from blueprints.outward import Networks, is_allowed
from blueprints.provider_client import WELL_KNOWN
from store.mail_domain import is_domain
from store.provider import NEWCOMERS, PASSWORDS, Provider, Terms
from store.roster import ROLES

MOST = {"issuer": 400, "client_id": 200, "client_secret": 1000, "group_claim": 100, "domains": 2000}
MOST_GROUPS, ROOM_FOR_MORE = 30, 3


@dataclass(frozen=True)
class Filled:
    """What was typed. `client_secret` is never shown again, so it is not among the values of a page."""

    terms: Terms
    domains: str
    client_secret: str


def blank(domains: list[str]) -> Filled:
    return Filled(Terms("", "", "", (), "invited", "allowed", ()), "\n".join(domains), "")


def kept(found: Provider) -> Filled:
    return Filled(found.terms, "\n".join(found.terms.domains), "")


def read(form: MultiDict[str, str]) -> Filled:
    def said(name: str) -> str:
        return form.get(name, "").strip()

    issuer = said("issuer").removesuffix(WELL_KNOWN)
    pairs = [(group.strip(), role) for group, role in zip(form.getlist("group"), form.getlist("role"), strict=False) if group.strip()]
    domains = tuple(dict.fromkeys(one.lower().removeprefix("@") for one in re.split(r"[\s,;]+", said("domains")) if one))
    terms = Terms(issuer, said("client_id"), said("group_claim"), tuple(pairs), said("newcomers"), said("passwords"), domains)
    return Filled(terms, said("domains"), form.get("client_secret", "").strip())


def wrong(filled: Filled, has_secret: bool, allowed: Networks) -> dict[str, str]:
    """What is wrong with it before anybody is asked, by field."""
    terms = filled.terms
    told = {"issuer": terms.issuer, "client_id": terms.client_id, "client_secret": filled.client_secret, "group_claim": terms.group_claim}
    long = {name: "long" for name, most in MOST.items() if len({**told, "domains": filled.domains}[name]) > most}
    odd = {name: "letters" for name, value in told.items() if not value.isprintable()}
    needed = {"issuer": terms.issuer, "client_id": terms.client_id, "client_secret": filled.client_secret or has_secret, "domains": terms.domains}
    missing = {name: "required" for name, value in needed.items() if not value}
    found = _wrong_groups(terms) | _wrong_choices(terms) | odd | long | missing
    if "issuer" not in found and not is_allowed(terms.issuer, allowed):
        found["issuer"] = "provider_not_https"
    if "domains" not in found and not all(map(is_domain, terms.domains)):
        found["domains"] = "not_domain"
    return found


def _wrong_groups(terms: Terms) -> dict[str, str]:
    if len(terms.groups) > MOST_GROUPS or any(len(group) > 200 or not group.isprintable() for group, _ in terms.groups):
        return {"groups": "long"}
    if any(role not in ROLES for _, role in terms.groups):
        return {"groups": "group_role"}
    if len({group for group, _ in terms.groups}) < len(terms.groups):
        return {"groups": "group_twice"}
    return {"group_claim": "group_claim"} if terms.groups and not terms.group_claim else {}


def _wrong_choices(terms: Terms) -> dict[str, str]:
    chosen = {"newcomers": terms.newcomers in NEWCOMERS, "passwords": terms.passwords in PASSWORDS}
    return {name: "required" for name, is_good in chosen.items() if not is_good}
