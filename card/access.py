"""Access: who may read and write what (PROTOCOL, "Who is on a card"; audience of an entry). The only place that says so.

Being on a card has two ways in: as a person (who opened it or joined it by code), and through an organisation. In an organisation that works with
a rota only whoever is on duty comes in that second way; who wrote on the card keeps it, so that nobody loses their own words.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from card.entry import Entry
from card.membership import Membership

DUTY_RULES = ("everybody", "rota")
LOOK_MS = 12 * 60 * 60 * 1000


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in. `domain` is police or care; `role` member, lead, admin or privacy; `on_duty` for the organisation, now; `team` is
    a part of it, or empty."""

    person: str
    org: str
    domain: str
    role: str
    device: str
    on_duty: bool = True
    team: str = ""


def is_on_duty(rule: str, until_ms: int | None, now_ms: int) -> bool:
    """Where the organisation has a rota: until the time that the person said. Everywhere else: always."""
    return rule != "rota" or (until_ms is not None and now_ms < until_ms)


def on_card(viewer: Viewer, members: Membership) -> bool:
    """Who watches over privacy is on no card by the organisation: what they must see of one is handed out to them, and written down."""
    if viewer.person in members["persons"]:
        return True
    return _by_organisation(viewer, members) and (viewer.on_duty or viewer.person in members["writers"])


def _by_organisation(viewer: Viewer, members: Membership) -> bool:
    return viewer.org in members["organisations"] and viewer.role != "privacy"


def may_write(viewer: Viewer, members: Membership) -> bool:
    """Duty does not count here: what somebody wrote while on duty is taken also when it is handed in after it."""
    return viewer.person in members["persons"] or _by_organisation(viewer, members)


def is_for(viewer: Viewer, entry: Entry) -> bool:
    """The entry is for all, for the viewer's domain or organisation, or the viewer's own."""
    audience = entry["audience"]
    return audience in ("all", viewer.domain) or (audience == "org" and entry["org"] == viewer.org) or entry["by"] == viewer.person


def may_read(viewer: Viewer, members: Membership, entry: Entry) -> bool:
    return on_card(viewer, members) and is_for(viewer, entry)


def is_of_team(viewer: Viewer, members: Membership, team: Collection[str], served: Collection[str]) -> bool:
    """Whether the card is of the viewer's team: the persons of the same organisation and the same team. Somebody of it opened or joined the card; or,
    where the organisation is on it, wrote on it or was on duty for it (`served`). Who has no team is of the whole organisation.
    """
    if any(person in team for person in members["persons"]):
        return True
    here = viewer.org in members["organisations"]
    return here and (not viewer.team or any(person in team for person in [*members["writers"], *served]))


def may_review(
    viewer: Viewer, members: Membership, team: Collection[str], served: Collection[str], closed: bool, looked_ms: int | None, now_ms: int
) -> bool:
    """A lead, of a card of their team: what is closed, and what is open for a shift after giving a reason."""
    if viewer.role != "lead" or not is_of_team(viewer, members, team, served):
        return False
    return closed or on_card(viewer, members) or (looked_ms is not None and now_ms < looked_ms + LOOK_MS)


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


def may_keep(viewer: Viewer, organisation: str) -> bool:
    """What the directory says of an organisation, its page and its contacts: its own leads and administrators. A service of nobody with an account
    (an empty organisation) is for any of them to keep."""
    return viewer.role in ("lead", "admin") and organisation in ("", viewer.org)
