"""Closed since: when this server got the entry by which a card is closed, and stayed closed. What card/closing.py says of all that came so far is
followed here from entry to entry, so that a long card takes no longer than to read it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from card.closing import closed, override
from card.entry import Entry, means_something
from card.gathered import Gathered
from card.risk import is_acute
from review.standing import Standing

# Only these open a card, close a card, or open it again (card/closing.py).
_ABOUT_CLOSING = ("card.closed", "risk.assessed", "alarm.", "handover.")
_ANSWERS = ("handover.accepted", "handover.declined", "handover.withdrawn")


def closed_since(entries: Sequence[Entry], received: Sequence[str]) -> str | None:
    """None for a card that is open. Entries come in the order of their numbers.

    A late duty opens a card again and its answer closes it again: the last of these counts. No phone's clock has a say in it.
    """
    if closed(Gathered(entries)) is None:
        return None
    last, so_far = len(entries), _SoFar()
    for place, entry in enumerate(entries):
        if entry["kind"].startswith(_ABOUT_CLOSING):
            last = last if so_far.is_closed else place
            so_far.add(entry)
    return received[last]


class _SoFar:
    """The open duties, and how many of them each closing names: a card is closed while one names them all. While judgements of a risk replace each
    other in a circle, which no phone makes, it counts as open: so such a card stays longer, and never goes earlier.
    """

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._risks: defaultdict[str, Standing] = defaultdict(Standing)
        self._circles: set[str] = set()
        self._alarms: set[str] = set()
        self._ended: set[str] = set()
        self._offers: dict[str, Entry] = {}
        self._answers: defaultdict[str, list[Entry]] = defaultdict(list)
        self._naming: defaultdict[str, list[int]] = defaultdict(list)
        self._named: list[int] = []
        self._closings: Counter[int] = Counter()

    @property
    def is_closed(self) -> bool:
        return self._closings[len(self._open)] > 0 and not self._circles

    def add(self, entry: Entry) -> None:
        kind = entry["kind"]
        if not means_something(kind, entry["body"]):
            return
        if kind == "card.closed":
            self._close(entry)
        elif kind == "risk.assessed":
            self._judge(entry)
        elif kind in ("alarm.raised", "alarm.ended"):
            self._alarm(entry)
        elif kind == "handover.offered":
            self._offers[entry["id"]] = entry
            if not any(_answers(entry, said) for said in self._answers[entry["id"]]):
                self._begin(entry["id"])
        elif kind in _ANSWERS:
            self._answers[entry["body"]["offer"]].append(entry)
            offer = self._offers.get(entry["body"]["offer"])
            if offer and _answers(offer, entry):
                self._end(offer["id"])

    def _close(self, entry: Entry) -> None:
        told = override(entry)
        named = {duty for duty in told["duties"] if isinstance(duty, str)} if told else set()
        for duty in named:
            self._naming[duty].append(len(self._named))
        self._named.append(len(named & self._open))
        self._closings[self._named[-1]] += 1

    def _judge(self, entry: Entry) -> None:
        whom = entry["body"]["for"]
        gone, stands = self._risks[whom].add(entry)
        for old in gone:
            self._end(old["id"])
        if stands and is_acute(entry):
            self._begin(entry["id"])
        (self._circles.discard if self._risks[whom].heads else self._circles.add)(whom)

    def _alarm(self, entry: Entry) -> None:
        if entry["kind"] == "alarm.raised":
            self._alarms.add(entry["id"])
            if entry["id"] not in self._ended:
                self._begin(entry["id"])
        else:
            self._ended.add(entry["body"]["alarm"])
            if entry["body"]["alarm"] in self._alarms:
                self._end(entry["body"]["alarm"])

    def _begin(self, duty: str) -> None:
        self._open.add(duty)
        self._count(duty, 1)

    def _end(self, duty: str) -> None:
        if duty in self._open:
            self._open.remove(duty)
            self._count(duty, -1)

    def _count(self, duty: str, by: int) -> None:
        for closing in self._naming[duty]:
            self._closings[self._named[closing]] -= 1
            self._named[closing] += by
            self._closings[self._named[closing]] += 1


def _answers(offer: Entry, said: Entry) -> bool:
    """Whether it is given by whoever may (card/handover.py)."""
    return bool(said["org"] == (offer["org"] if said["kind"] == "handover.withdrawn" else offer["body"]["to"]))
