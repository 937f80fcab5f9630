"""Holding: who holds a card after each answer to an offer, as card/responsibility.py says it of all that came so far: in tokens, of which an answer
moves a few. To ask `holders` after each answer would read the whole card as often as there are answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from card.entry import Entry
from card.gathered import Gathered
from card.heads import by_text

CHANGE_HOLDERS = ("handover.accepted", "handover.released", "handover.withdrawn")


@dataclass(slots=True)
class _Offer:
    """An offer, and what was answered to it so far by whoever may (card/handover.py)."""

    id: str
    giver: str
    receiver: str
    gives: set[str]
    accepted: bool = False
    released: bool = False
    withdrawn: bool = False

    @property
    def complete(self) -> bool:
        return self.accepted and self.released and not self.withdrawn


def holders_after_each(log: Gathered) -> list[list[str]]:
    """Before the first answer, and after each of them in reading order. All openings and offers are there from the beginning."""
    tokens, offers = _Tokens(), {entry["id"]: _offer(entry) for entry in log.of("handover.offered")}
    opened, answers = log.of("card.opened"), log.of(*CHANGE_HOLDERS)
    answering = {entry["id"] for entry in answers}
    for entry in opened or [one for one in log.entries if one["id"] not in answering]:
        tokens.begin(entry, bool(opened))
    found = [tokens.holders()]
    for said in answers:
        if not opened:
            tokens.begin(said, False)
        if offer := offers.get(said["body"]["offer"]):
            _hear(tokens, offer, said)
        found.append(tokens.holders())
    return found


def _offer(entry: Entry) -> _Offer:
    gives = entry["body"].get("gives")
    named = {token for token in gives if isinstance(token, str)} if isinstance(gives, list) else set()
    return _Offer(entry["id"], entry["org"], str(entry["body"]["to"]), named)


def _hear(tokens: _Tokens, offer: _Offer, said: Entry) -> None:
    was_accepted, was_complete = offer.accepted, offer.complete
    if said["kind"] == "handover.withdrawn":
        offer.withdrawn = offer.withdrawn or said["org"] == offer.giver
    elif said["org"] == offer.receiver:
        offer.accepted = offer.accepted or said["kind"] == "handover.accepted"
        offer.released = offer.released or said["kind"] == "handover.released" or said["body"].get("release") is True
    if offer.accepted and not was_accepted:
        tokens.make(offer.id, offer.receiver)
    if offer.complete and not was_complete:
        tokens.take(offer)
    if was_complete and not offer.complete:
        tokens.give_back(offer)


class _Tokens:
    def __init__(self) -> None:
        self._whose: dict[str, str] = {}
        self._ever: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._named: Counter[str] = Counter()
        self._naming: defaultdict[str, dict[str, _Offer]] = defaultdict(dict)
        self._names: Counter[str] = Counter()

    def holders(self) -> list[str]:
        return sorted({org for org, count in self._left.items() if count > 0} or set(self._ever), key=by_text)

    def begin(self, entry: Entry, opened: bool) -> None:
        token = entry["id"] if opened else f"org:{entry['org']}"
        if token not in self._whose:
            self.make(token, entry["org"])

    def make(self, token: str, org: str) -> None:
        self._whose[token] = org
        self._ever[org] += 1
        self._left[org] += 1
        for offer in self._naming[token].values():
            self._name(token, offer, 1)

    def take(self, offer: _Offer) -> None:
        """A complete offer takes what it names of the giver's, or one that nobody names."""
        self._left[offer.giver] -= 1
        for token in offer.gives:
            self._naming[token][offer.id] = offer
            self._name(token, offer, 1)

    def give_back(self, offer: _Offer) -> None:
        for token in offer.gives:
            self._name(token, offer, -1)
            del self._naming[token][offer.id]
        self._left[offer.giver] += 1

    def _name(self, token: str, offer: _Offer, by: int) -> None:
        """One offer more or less that names a token; while it names any it takes no other."""
        if self._whose.get(token) != offer.giver:
            return
        before, named = self._names[offer.id] > 0, self._named[token] > 0
        self._names[offer.id] += by
        self._named[token] += by
        self._left[offer.giver] += (self._names[offer.id] > 0) - before
        self._left[offer.giver] -= (self._named[token] > 0) - named
