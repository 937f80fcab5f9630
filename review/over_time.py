"""Over time: who is on a card after each entry about it, as card/membership.py says it of all that came so far. One more entry costs no more the more
there are: to ask `membership` after each would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from card.entry import Entry
from card.membership import moves
from review.standing import Standing


class OverTime:
    """`organisations`: those on the card. Entries come in the order of their numbers; those that are not about membership change nothing."""

    def __init__(self) -> None:
        self.organisations: set[str] = set()
        self._about: list[Entry] = []
        self._openers: set[str] = set()
        self._standing: dict[str, Standing] = {}

    def add(self, entry: Entry) -> Iterable[str]:
        """The organisations that may have come by it, or went."""
        self._about.append(entry)
        if entry["kind"] == "card.opened" and entry["org"] not in self._openers:
            return self._opened(entry)
        named = list(moves([entry]))
        for organisation in named:
            self._moved(organisation, entry)
        return named

    def _opened(self, entry: Entry) -> Iterable[str]:
        """From here on what strangers wrote before it no longer counts. It is as many times as organisations open the card."""
        before = self.organisations
        self._openers.add(entry["org"])
        self._standing, self.organisations = {}, set(self._openers)
        for named, about in moves(self._about).items():
            for move in about:
                self._moved(named, move)
        return before ^ self.organisations

    def _moved(self, named: str, move: Entry) -> None:
        standing = self._standing.setdefault(named, Standing())
        standing.add(move)
        if standing.last["kind"] != "card.unshared":
            self.organisations.add(named)
        elif named not in self._openers:
            self.organisations.discard(named)


class PersonsOverTime:
    """Of which organisations somebody is on the card in person. `of`: whose each person is."""

    def __init__(self, of: Mapping[str, str]) -> None:
        self._of = of
        self._writers: set[str] = set()
        self._openers: set[str] = set()
        self._turns: dict[str, Standing] = {}
        self._joined: set[str] = set()
        self._here: Counter[str] = Counter()

    @property
    def organisations(self) -> set[str]:
        return {*(self._openers or self._writers), *(+self._here)}

    def add(self, entry: Entry) -> None:
        """An entry about membership."""
        org, person = self._of.get(entry["by"], ""), entry["body"].get("person")
        self._writers.add(org)
        if entry["kind"] == "card.opened":
            self._openers.add(org)
        if entry["kind"] in ("card.joined", "card.removed") and person and isinstance(person, str):
            was = self._is_here(person)
            self._turns.setdefault(person, Standing()).add(entry)
            self._joined |= {person} if entry["kind"] == "card.joined" else set()
            self._here[self._of.get(person, "")] += self._is_here(person) - was

    def _is_here(self, person: str) -> bool:
        return person in self._joined and self._turns[person].last["kind"] == "card.joined"
