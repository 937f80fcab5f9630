"""Fanout: what one process writes, the streams of all others hear too, through Redis or Valkey (LIVE_URL).

    a process commits -> `hear` -> publishes {card: number}           nothing else crosses: who hears of it reads the log
    another process   -> reads what it has not told of that card yet  -> its own hub, whose streams judge by their listeners' rights

For every card a process knows up to which number it told its streams (`Told`), since one look at all cards when it began to listen. So no message is
needed to be whole, in order or in time: whatever mentions a card, everything after that number is read. What no message mentioned (Redis was away, a
process was killed between its commit and its word) is found by a look at the numbers of all cards, every quarter of a minute, and every few seconds
while Redis is away: then this says that it is degraded, and live goes on more slowly. Streams hear in order: what this process wrote itself waits for
what another wrote before it (`follows`).

Every process hears its own beat as well. One that does not hear it for a while listens to nobody, whatever its socket says.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import redis
from flask import Flask

from card.membership import Membership
from live.hub import Hub, Stream
from store import elsewhere, epoch, people, seldom
from store.grown import Grown
from store.memory import memory

BEAT_S = 5.0
DEAF_S = 3 * BEAT_S
LOOK_S, LOOK_DEGRADED_S = 15.0, 2.0
RIGHTS_S = 15.0
PARTS = 60
BETWEEN_S = 0.02
"""While all is whole the rights of one stream in so many are looked at with each look at the cards: of all of them in a quarter of an hour, and one
after the other, with time between for everybody else.
"""
MOST_KNOWN = 10_000
"""Of how many cards it is kept who is on them: of the others that is read again when they grow."""
ANSWER_S = 2.0
PAUSE_S = 0.5
"""How long a server that does not answer is left alone."""
NOBODY = Membership(organisations=[], persons=[], writers=[])

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """Up to where the streams of this process heard of a card, and how it stood there. Of a card on which nothing happened since this process began
    `hash` is empty and `members` None.
    """

    seq: int
    hash: str
    members: Membership | None


class Fanout:
    def __init__(self, app: Flask, hub: Hub, url: str, channel: str, now: Callable[[], int], secret: bytes) -> None:
        self.app, self.hub, self.channel, self.now, self.secret = app, hub, channel, now, secret
        self.name = uuid.uuid4().hex
        self.redis = redis.Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, decode_responses=True)
        self.told: dict[str, Told] = {}
        self.looked = False
        self.cards: dict[str, int] = {}
        self.ends: list[list[str]] = []
        self.behind: dict[str, int] = {}
        self.forgets = False
        self.is_heard = self.is_said = self.degradation_said = False
        self.beat_heard = 0.0
        self.rights_seen = 0.0
        self.part = 0
        self.stopped, self.word, self.look_now, self.lag = threading.Event(), threading.Event(), threading.Event(), threading.Event()
        self.reading, self.noting = threading.Lock(), threading.Lock()

    @property
    def degraded(self) -> bool:
        """Whether other processes hear of us, or we of them, only by looking."""
        return not (self.is_heard and self.is_said)

    def start(self) -> None:
        with _caught(self.app):
            seldom.tell_elsewhere(self.forgot)
            epoch.when_renamed(self.renamed)
            self.look()
        for name, work in (("says", self._say), ("hears", self._listen), ("brings", self._bring), ("looks", self._look)):
            threading.Thread(target=work, daemon=True, name=f"fanout {name}").start()

    def stop(self) -> None:
        """What waits to be said is said once more; whoever missed it finds it by looking."""
        self.stopped.set()
        for one in (self.word, self.look_now, self.lag):
            one.set()
        with suppress(Exception):
            self._publish()

    def follows(self, one: Grown) -> bool:
        """Whether our streams heard all that came before these; where another process wrote in between, all of it is brought."""
        known = self._known(one.card)
        if known is None or known.seq >= one.before:
            return True
        self._lags(one.card, one.seq)
        return False

    def hear(self, grown: list[Grown]) -> None:
        """This process committed; its own streams know already, or will. Nobody who writes waits for Redis."""
        with self.noting:
            for one in grown:
                known = self._known(one.card)
                if known is not None and known.seq == one.before:
                    self._note(one.card, Told(one.seq, one.hash, one.members))
                self.cards[one.card] = max(one.seq, self.cards.get(one.card, 0))
        self.word.set()

    def renamed(self) -> None:
        """The history is another one: what was told of the old one says nothing of its cards. The next look learns how they stand."""
        self.looked = False
        self.look_now.set()

    def _known(self, card: str) -> Told | None:
        return self.told.get(card) or (Told(0, "", NOBODY) if self.looked else None)

    def _note(self, card: str, told: Told) -> None:
        """Who grew last stands last: of the first it is forgotten who is on them (`_slim`)."""
        self.told.pop(card, None)
        self.told[card] = told

    def _lags(self, card: str, seq: int) -> None:
        with self.noting:
            self.behind[card] = max(seq, self.behind.get(card, 0))
        self.lag.set()

    def ended(self, what: str, name: str) -> None:
        """The streams of a device, person or organisation ended here, and must everywhere."""
        with self.noting:
            self.ends.append([what, name])
        self.word.set()

    def forgot(self) -> None:
        """What seldom changes did (store/seldom.py)."""
        self.forgets = True
        self.word.set()

    def _say(self) -> None:
        while not self.stopped.is_set():
            try:
                self._publish()
                self.is_said = True
            except Exception as problem:  # whatever the library makes of a server that goes away: it is tried again
                self._fails("is_said", problem)
                self.stopped.wait(PAUSE_S)
                continue
            self.word.wait(BEAT_S)
            self.word.clear()

    def _publish(self) -> None:
        with self.noting:
            (cards, self.cards), (ends, self.ends), (forgets, self.forgets) = (self.cards, {}), (self.ends, []), (self.forgets, False)
        try:
            self.redis.publish(self.channel, json.dumps({"from": self.name, "cards": cards, "ends": ends, "forgets": forgets}))
        except Exception:
            with self.noting:
                self.cards = {card: max(seq, self.cards.get(card, 0)) for card, seq in (self.cards | cards).items()}
                self.ends, self.forgets = ends + self.ends, forgets or self.forgets
            raise

    def _listen(self) -> None:
        while not self.stopped.is_set():
            try:
                with self.redis.pubsub() as heard:
                    heard.subscribe(self.channel)
                    self.beat_heard = time.monotonic()
                    while not self.stopped.is_set():
                        self._take(heard.get_message(timeout=1.0))
            except Exception as problem:
                self._fails("is_heard", problem)
                self.stopped.wait(PAUSE_S)

    def _take(self, message: dict[str, Any] | None) -> None:
        if time.monotonic() - self.beat_heard > DEAF_S:
            raise redis.ConnectionError("our own beat is not heard")
        if message is None:
            return
        if message["type"] == "subscribe":
            self.word.set()
            return
        with _caught(self.app):
            told = json.loads(message["data"])
            if told["from"] == self.name:
                self._hear_ourselves()
                return
            for what, name in told["ends"]:
                self.hub.end_here(what, name)
            if told["forgets"]:
                seldom.forget_everything()
            for card, seq in told["cards"].items():
                self._lags(card, seq)

    def _hear_ourselves(self) -> None:
        """The way there and back is whole. What was missed until now is looked for at once."""
        self.beat_heard = time.monotonic()
        if not self.is_heard:
            self.is_heard, self.degradation_said = True, False
            self.rights_seen = 0.0
            self.look_now.set()
            LOG.info("live across processes is whole")

    def _bring(self) -> None:
        """What was mentioned, card by card: several words about one card cost one reading."""
        while not self.stopped.is_set():
            self.lag.wait()
            self.lag.clear()
            with self.noting:
                behind, self.behind = self.behind, {}
            for card, seq in behind.items():
                with _caught(self.app):
                    self.bring(card, seq)

    def _look(self) -> None:
        while not self.stopped.is_set():
            with _caught(self.app):
                self.look()
                self._look_at_rights()
            self.look_now.wait(LOOK_DEGRADED_S if self.degraded else LOOK_S)
            self.look_now.clear()

    def look(self) -> None:
        """All cards that grew, however they did. The first look learns how they stand; streams that began before it come back and ask."""
        if not self.looked:
            with self.reading:
                told = {card: Told(seq, "", None) for page in elsewhere.numbers() for card, seq in page}
                with self.noting:
                    self.told, self.looked = told, True
            self.hub.end_all()
            return
        before = set(self.told)
        for page in elsewhere.numbers():
            for card, seq in page:
                before.discard(card)
                told = self.told[card].seq if card in self.told else 0
                if told < seq:
                    self.bring(card, seq)
                elif told > seq:
                    self._note_restored(card)
            time.sleep(0)  # a process that serves many lets them go first
        self._slim(before)

    def _slim(self, purged: set[str]) -> None:
        """What is gone is forgotten, and of cards that rest who is on them."""
        with self.noting:
            for card in purged:
                self.told.pop(card, None)
            for card in list(self.told)[:-MOST_KNOWN]:
                if self.told[card].members is not None:
                    self.told[card] = Told(self.told[card].seq, "", None)

    def _note_restored(self, card: str) -> None:
        """A card that stands lower than it was told comes from a backup: what it gets from now on is new. Or it was told while the page was read."""
        stands = elsewhere.number_of(card)
        with self.noting:
            if card in self.told and stands < self.told[card].seq:
                self.told[card] = Told(stands, "", None)

    def bring(self, card: str, seq: int) -> None:
        """Everything of a card that our streams did not hear of, up to at least this number."""
        with self.reading:
            if not self.looked:
                return
            known = self.told.get(card) or Told(0, "", NOBODY)
            while known.seq < seq:
                members = known.members if known.members is not None else elsewhere.members_at(card, known.seq)
                grown = elsewhere.grown_since(card, known.seq, known.hash, members, self.secret)
                if grown is None:
                    return
                memory().keep([grown])
                self.hub.bring([grown])
                known = Told(grown.seq, grown.hash, grown.members)
                with self.noting:
                    self._note(card, max(known, self.told.get(card, known), key=lambda one: one.seq))

    def _look_at_rights(self) -> None:
        """While no word comes of who signed out or was revoked elsewhere, the streams here ask for themselves; a few do while all is whole, because
        a process may have been killed before it said so.
        """
        if not self.degraded and self.rights_seen:
            self.part = (self.part + 1) % PARTS
            for stream in self.hub.streams()[self.part :: PARTS]:
                self._ask_rights(stream)
                self.stopped.wait(BETWEEN_S)
        elif time.monotonic() - self.rights_seen >= RIGHTS_S:
            for stream in self.hub.streams():
                self._ask_rights(stream)
            self.rights_seen = time.monotonic()

    def _ask_rights(self, stream: Stream) -> None:
        again = people.signed_in(stream.session, self.now())
        if again is None or again.viewer != stream.viewer:
            stream.end()

    def _fails(self, what: str, problem: Exception) -> None:
        if not self.degradation_said:
            LOG.warning("live across processes is degraded: %s", type(problem).__name__)
        setattr(self, what, False)
        self.degradation_said = True
        self.look_now.set()


@contextmanager
def _caught(app: Flask) -> Iterator[None]:
    """A database that is away, or a message of somebody else, ends no thread: the next look finds what was not read now."""
    with app.app_context():
        try:
            yield
        except Exception:
            LOG.exception("what other processes wrote could not be read; looked for again")
