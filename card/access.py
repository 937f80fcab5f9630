"""Access: who may read and write what (PROTOCOL, "Who is on a card"; audience of an entry). The only place that says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from card.entry import Entry
from card.membership import Membership


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in. `domain` is police or care; `role` member, lead, admin or privacy."""

    person: str
    org: str
    domain: str
    role: str
    device: str


def on_card(viewer: Viewer, members: Membership) -> bool:
    """Who watches over privacy is on no card by the organisation: what they must see of one is handed out to them, and written down."""
    return (viewer.org in members["organisations"] and viewer.role != "privacy") or viewer.person in members["persons"]


def may_read(viewer: Viewer, members: Membership, entry: Entry) -> bool:
    """On the card, and the entry is for all, for the viewer's domain or organisation, or the viewer's own."""
    if not on_card(viewer, members):
        return False
    audience = entry["audience"]
    return audience in ("all", viewer.domain) or (audience == "org" and entry["org"] == viewer.org) or entry["by"] == viewer.person


def ground_of(viewer: Viewer, members: Membership, opener: str) -> str:
    """On what ground somebody is on a card, for the access log: opened it (or wrote on it
    before its opening arrived), joined it by code, by the own organisation, or none."""
    if viewer.person in members["persons"]:
        return "opened" if opener in ("", viewer.person) else "code"
    return "organisation" if on_card(viewer, members) else "none"


def may_account_for(viewer: Viewer, organisations: Collection[str]) -> bool:
    """Hand out and hold a card: who watches over privacy in one of the organisations that took part in it."""
    return viewer.role == "privacy" and viewer.org in organisations


def is_for_organisation(org: str, domain: str, entry: Entry) -> bool:
    """What an organisation as a whole may read of a card, and so may hand out to the person it is about."""
    return entry["audience"] in ("all", domain) or entry["org"] == org
