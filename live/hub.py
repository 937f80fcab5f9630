"""The hub: hands what was added to a card to the streams of everybody who may see it, in this process. Other processes: live/fanout.py.

A stream holds little: who listens, a queue, and how far it has heard of each card. What was added comes ready to send (`store.grown.Grown`), so five
listeners do not cost five queries; only a stream that missed something reads the log, with its own rights, like any other reader.

What is sent is shared too: two listeners who may see the same entries get the same bytes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from card.access import Viewer, may_read, on_card
from store.grown import Grown
from store.sessions import Ended

HEARTBEAT_S = 15.0
MOST_WAITING = 1_000


class Stream:
    """One device that listens. `None` in the queue ends it."""

    __slots__ = ("viewer", "session", "queue", "heard")

    def __init__(self, viewer: Viewer, session: str = "") -> None:
        self.viewer, self.session = viewer, session
        self.queue: SimpleQueue[Grown | None] = SimpleQueue()
        self.heard: dict[str, int] = {}

    def follow(self) -> Iterator[Grown | None]:
        """What is added, as it comes; None when it is time for a sign of life, also while much is added in which there is nothing for this listener.
        Ends when the hub says so.
        """
        due = time.monotonic() + HEARTBEAT_S
        while True:
            left = due - time.monotonic()
            if left <= 0:
                yield None
                due = time.monotonic() + HEARTBEAT_S
                continue
            try:
                grown = self.queue.get(timeout=left)
            except Empty:
                continue
            if grown is None:
                return
            yield grown

    def is_deaf(self) -> bool:
        """Whether so much waits that nobody seems to listen: a phone that lost its network without a word."""
        return self.queue.qsize() >= MOST_WAITING

    def end(self) -> None:
        """What waits is dropped: the device asks for it when it comes back."""
        with suppress(Empty):
            while True:
                self.queue.get_nowait()
        self.queue.put(None)

    def missed(self, grown: Grown) -> bool:
        """Whether entries before these never came this way: they are then read from the log."""
        default = grown.before if on_card(self.viewer, grown.members_before) else 0
        return self.heard.get(grown.card, default) < grown.before

    def visible(self, grown: Grown) -> tuple[int, ...]:
        """Which of the added entries this listener may see, by place."""
        return tuple(place for place, (entry, _) in enumerate(grown.entries) if may_read(self.viewer, grown.members, entry))


@dataclass
class Hub:
    by_org: defaultdict[str, set[Stream]] = field(default_factory=lambda: defaultdict(set))
    by_person: defaultdict[str, set[Stream]] = field(default_factory=lambda: defaultdict(set))
    open: bool = True
    others: list[Callable[[list[Grown]], None]] = field(default_factory=list)
    """Who hears it besides the streams. They must not take long: whoever wrote waits for them."""
    ending: list[Callable[[str, str], None]] = field(default_factory=list)
    """Who hears which streams must end, besides this hub."""
    follows: Callable[[Grown], bool] = lambda grown: True
    """Whether the streams here heard all that came before these. Where not, whoever says so brings all of it, in order."""

    def listen(self, viewer: Viewer, session: str = "") -> Stream:
        """A stream for this device in this session; one it had already ends, because a device has one."""
        self._end(self.by_person.get(viewer.person, ()), viewer.device)
        stream = Stream(viewer, session)
        self.by_org[viewer.org].add(stream)
        self.by_person[viewer.person].add(stream)
        return stream

    def count(self) -> int:
        """How many listen."""
        return len(self.streams())

    def leave(self, stream: Stream) -> None:
        for streams, key in ((self.by_org, stream.viewer.org), (self.by_person, stream.viewer.person)):
            streams[key].discard(stream)
            if not streams[key]:
                del streams[key]

    def streams(self) -> list[Stream]:
        return [stream for streams in self.by_person.values() for stream in streams]

    def tell(self, grown: list[Grown]) -> None:
        """After the commit, in the process that made it."""
        self.bring([one for one in grown if self.follows(one)])
        for hear in self.others:
            hear(grown)

    def bring(self, grown: list[Grown]) -> None:
        """Everybody who was or is on a card hears that it grew; who was taken off hears that too."""
        for one in grown:
            members = (one.members_before, one.members)
            listening = {stream for each in members for org in each["organisations"] for stream in self.by_org.get(org, ())}
            listening |= {stream for each in members for person in each["persons"] for stream in self.by_person.get(person, ())}
            for stream in listening:
                if stream.is_deaf():
                    self.leave(stream)
                    stream.end()
                else:
                    stream.queue.put(one)

    def end_device(self, device: Ended) -> None:
        """Signed out or revoked: the stream ends at once."""
        self._end_everywhere("device", f"{device.person} {device.device}")

    def end_person(self, person: str) -> None:
        """What this person may see has changed: their devices come back and are told anew."""
        self._end_everywhere("person", person)

    def end_organisation(self, org: str) -> None:
        self._end_everywhere("organisation", org)

    def _end_everywhere(self, what: str, name: str) -> None:
        self.end_here(what, name)
        for hear in self.ending:
            hear(what, name)

    def end_here(self, what: str, name: str) -> None:
        """The streams in this process of an organisation, of a person, or of one device of theirs (`person device`)."""
        if what == "organisation":
            self._end(self.by_org.get(name, ()))
        else:
            person, _, device = name.partition(" ")
            self._end(self.by_person.get(person, ()), device)

    def _end(self, streams: Collection[Stream], device: str = "") -> None:
        for stream in list(streams):
            if device in ("", stream.viewer.device):
                stream.end()

    def end_all(self) -> None:
        """Every device comes back and asks."""
        self._end(self.streams())

    def close(self) -> None:
        """The server stops: every stream ends at once, and no new one starts."""
        self.open = False
        self.end_all()
