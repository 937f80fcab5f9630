"""Grown: what a transaction added to one card, ready to send. Listeners get it from here, and whoever asks soon after (`store/memory.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from card.entry import Entry
from card.membership import Membership


@dataclass(frozen=True, slots=True)
class Grown:
    """The entries after number `before`, with their wire texts; who was and is on the card; the card's hash before and after.

    `sent` keeps what listeners were told, by which of the entries they may see: who may see the same gets the same bytes.
    """

    card: str
    before: int
    seq: int
    hash_before: str
    hash: str
    members_before: Membership
    members: Membership
    entries: list[tuple[Entry, str]]
    sent: dict[tuple[int, ...], bytes] = field(default_factory=dict)
    opener: str = ""
    opener_org: str = ""
