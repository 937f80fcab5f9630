"""Push room: whom may be called now. So many at once, few of them at one host, and few at all those together that did not answer last time: whoever
lets us wait holds up nobody but themselves.

An address to push to comes from a browser, so anybody with a phone can name hosts that answer nothing, as many as they like under one domain. So
names under one domain are one host here, and who never answered yet is not trusted with more than who failed to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from threading import Condition
from urllib.parse import urlsplit

AT_ONCE = 32
AT_ONE_HOST = 8
UNPROVEN_AT_ONCE = 8


def host_of(endpoint: str) -> str:
    """The address, or the last two parts of the name. That some hosts of different people then count as one (under `co.uk`) costs them a little."""
    host = (urlsplit(endpoint).hostname or "").rstrip(".")
    try:
        ip_address(host)
    except ValueError:
        return ".".join(host.split(".")[-2:])
    return host


@dataclass
class Room:
    calls: Counter[str] = field(default_factory=Counter)
    """How many there are now, by host."""
    proven: set[str] = field(default_factory=set)
    """Who answered last time, whatever it was that they said."""
    _changed: Condition = field(default_factory=Condition)

    def free(self) -> int:
        return AT_ONCE - self.calls.total()

    def choice(self) -> Choice:
        with self._changed:
            return Choice(Counter(self.calls), frozenset(self.proven))

    def enter(self, endpoint: str) -> None:
        with self._changed:
            self.calls[host_of(endpoint)] += 1

    def leave(self, endpoint: str, answered: bool) -> None:
        host = host_of(endpoint)
        with self._changed:
            self.calls[host] -= 1
            self.calls += Counter()  # without those that have none
            (self.proven.add if answered else self.proven.discard)(host)
            self._changed.notify_all()

    def is_empty_within(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self.calls, seconds)


@dataclass
class Choice:
    """What may be taken together, as the room is now. Choosing takes no room yet: it may come to nothing."""

    calls: Counter[str]
    proven: frozenset[str]

    def fits(self, endpoint: str) -> bool:
        """Whether there is room for one more to here; if so it is chosen."""
        host = host_of(endpoint)
        fits = self.calls[host] < AT_ONE_HOST and (host in self.proven or _sum(self.calls, self.calls.keys() - self.proven) < UNPROVEN_AT_ONCE)
        self.calls[host] += fits
        return fits


def _sum(calls: Counter[str], hosts: Iterable[str]) -> int:
    return sum(calls[host] for host in hosts)
