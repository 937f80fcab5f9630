"""Access: who may read and write what (PROTOCOL, "Who is on a card"; audience of an entry). The only place that says so."""

from __future__ import annotations

from dataclasses import dataclass

from card.entry import Entry
from card.membership import Membership


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in. `domain` is police or care; `role` member, lead or admin."""

    person: str
    org: str
    domain: str
    role: str
    device: str


def on_card(viewer: Viewer, members: Membership) -> bool:
    return viewer.org in members["organisations"] or viewer.person in members["persons"]


def may_read(viewer: Viewer, members: Membership, entry: Entry) -> bool:
    """On the card, and the entry is for all, for the viewer's domain or organisation, or the viewer's own."""
    if not on_card(viewer, members):
        return False
    audience = entry["audience"]
    return audience in ("all", viewer.domain) or (audience == "org" and entry["org"] == viewer.org) or entry["by"] == viewer.person
