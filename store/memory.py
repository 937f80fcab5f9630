"""Memory: what this process wrote lately, ready to send, so that five phones on a card do not cost five readings of the database.

It is kept under the card's last hash. That hash names everything on the card (`store/batch.py`), so memory is right or not used: after a restore, or
when another process wrote, the database has another hash.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from card.entry import Entry
from card.membership import Membership
from store.grown import Grown
from store.models import db

MOST_CHARACTERS = 8 * 1024 * 1024
"""Of text; with what was parsed of it that is about 50 MiB."""
MOST_CARDS = 10_000
MOST_ENTRIES_A_CARD = 64


@dataclass(frozen=True, slots=True)
class Lately:
    """A card as this process last wrote it: who is on it, and its last entries as they go over the wire, the last with number `seq`."""

    hash: str
    seq: int
    members: Membership
    entries: list[tuple[Entry, str]]
    characters: int

    def beyond(self, seq: int) -> list[tuple[Entry, str]] | None:
        """The entries after this number; None when they go back further than memory."""
        wanted = self.seq - seq
        return self.entries[-wanted:] if 0 < wanted <= len(self.entries) else None


@dataclass
class Memory:
    cards: OrderedDict[str, Lately] = field(default_factory=OrderedDict)
    characters: int = 0

    def of(self, card: str, hash_: str) -> Lately | None:
        lately = self.cards.get(card)
        return lately if lately is not None and lately.hash == hash_ else None

    def keep(self, grown: Iterable[Grown]) -> None:
        """After a commit. Who was written to longest ago is forgotten first."""
        for one in grown:
            known = self.cards.pop(one.card, None)
            earlier = known.entries if known and known.hash == one.hash_before else []
            entries = [*earlier, *one.entries][-MOST_ENTRIES_A_CARD:]
            self.cards[one.card] = Lately(one.hash, one.seq, one.members, entries, sum(len(text) for _, text in entries))
            self.characters += self.cards[one.card].characters - (known.characters if known else 0)
        while self.characters > MOST_CHARACTERS or len(self.cards) > MOST_CARDS:
            self.characters -= self.cards.popitem(last=False)[1].characters


_memories: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def memory() -> Memory:
    return _memories.setdefault(db.engine, Memory())
