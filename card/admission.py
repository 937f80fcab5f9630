"""Admission: what the server takes into a card's log, entry by entry (PROTOCOL, "POST /sync").

Refused is what is malformed or unauthorised; never what is late, out of order, or answers something that has not arrived. What an entry
means is for the fold.
"""

from __future__ import annotations

from card.access import Viewer, may_write
from card.clock import day_number, local_day
from card.entry import Entry, Rejected, is_date, parse
from card.hlc import millis
from card.membership import Membership
from card.vocabulary import KINDS

AHEAD_MS = 10 * 60 * 1000


def judge(viewer: Viewer, opened: bool, members: Membership, raw: object, now_ms: int) -> Entry | Rejected:
    """The entry, or why not. `opened`: the log has this card's opening. `members`: of the log so far."""
    entry = parse(raw)
    return entry if isinstance(entry, Rejected) else admit(viewer, opened, members, entry, now_ms)


def admit(viewer: Viewer, opened: bool, members: Membership, entry: Entry, now_ms: int) -> Entry | Rejected:
    """The same for what was parsed already."""
    return _too_early(entry, now_ms) or _too_long(entry) or _not_theirs(viewer, entry) or _not_here(viewer, opened, members, entry) or entry


def _too_early(entry: Entry, now_ms: int) -> Rejected | None:
    if millis(entry["at"]) > now_ms + AHEAD_MS:
        return Rejected("clock", "more than 10 minutes ahead of the server", "at")
    return None


def _too_long(entry: Entry) -> Rejected | None:
    """What may last so many days from its writing (`within_days`): an agreement on somebody is never for ever (report 4.1.3)."""
    for name, field in KINDS[entry["kind"]]["fields"].items():
        said = entry["body"].get(name, "")
        if "within_days" in field and is_date(said) and day_number(said) - local_day(millis(entry["at"])) > field["within_days"]:
            return Rejected("malformed", "day_far", f"body.{name}")
    return None


def _not_theirs(viewer: Viewer, entry: Entry) -> Rejected | None:
    for field, mine in (("by", viewer.person), ("org", viewer.org), ("device", viewer.device)):
        if entry[field] != mine:  # type: ignore[literal-required]
            return Rejected("forbidden", "not what the session says", field)
    if KINDS[entry["kind"]].get("by_server"):
        return Rejected("forbidden", "only the server writes this", "kind")
    if KINDS[entry["kind"]].get("only", viewer.domain) != viewer.domain:
        return Rejected("forbidden", "not for this side to decide", "kind")
    return None


def _not_here(viewer: Viewer, opened: bool, members: Membership, entry: Entry) -> Rejected | None:
    if opened and not may_write(viewer, members):
        return Rejected("forbidden", "not on this card", "card")
    if opened and entry["kind"] == "card.opened":
        return Rejected("forbidden", "this card is open already", "kind")
    return None
