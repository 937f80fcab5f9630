"""Load: many phones on many cards, from one loop over raw sockets, so that what is measured is the server.

The load is open: entries come at their own times, whether or not the server keeps up, and a delay counts from when the entry was written to when
another phone has read it from its stream. A phone does as the worker does (static/worker/sync.js): one call at a time, and what is written
meanwhile goes together in the next. Requests carry what a browser sends; answers are read just far enough to know where the phone is.
"""

from __future__ import annotations

import random
import re
import select
import socket
import time
from dataclasses import dataclass, field

from bench.client import new_id, unpacked
from bench.served import Account

_UPTO = re.compile(rb'"upto": \{"[^"]+": (\d+)')
_TURN = re.compile(rb'"does":"Stap (\d+)"')
_PACKED = re.compile(rb"\r\ncontent-encoding: (\w+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(eq=False)
class LoadPhone:
    """A device with its stream and its connection for calls. `have` is the number up to which it holds its card. `writes_to`: the port of another
    process than the one it listens to.
    """

    account: Account
    card: str
    have: int
    epoch: str
    port: int
    writes_to: int = 0
    unsent: list[bytes] = field(default_factory=list)
    busy: bool = False
    stream: socket.socket | None = None
    calls: socket.socket | None = None
    heard: bytes = b""
    answer: bytes = b""

    def ask(self, method: str, path: str, accept: str) -> bytes:
        lines = (
            f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Cookie: session={self.account.session}", f"Accept: {accept}",
            "Accept-Encoding: gzip, deflate, br", "Accept-Language: nl", f"Origin: http://localhost:{self.port}", "Sec-Fetch-Site: same-origin",
            "User-Agent: Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
        )  # fmt: skip
        return "\r\n".join(lines).encode() + b"\r\n"

    def listen(self) -> socket.socket:
        self.stream = socket.create_connection(("127.0.0.1", self.port))
        self.stream.sendall(self.ask("GET", "/live", "text/event-stream") + b"\r\n")
        while b": hier\n\n" not in self.heard:
            self.heard += some(self.stream)
        self.heard = b""
        return self.stream

    def connect(self) -> socket.socket:
        self.calls = socket.create_connection(("127.0.0.1", self.writes_to or self.port))
        self.calls.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = self.ask("POST", "/sync", "*/*") + b"Content-Type: application/json\r\nContent-Length: "
        return self.calls

    def write(self, turn: int, at_ms: int | None = None) -> None:
        at = f"{at_ms or int(time.time() * 1000):013d}-{turn % 0x10000:04x}-{self.account.device}"
        mine = f'"by":"{self.account.person}","org":"{self.account.org}","device":"{self.account.device}"'
        rest = f'"audience":"all","supersedes":[],"body":{{"does":"Stap {turn}"}}'
        self.unsent.append(f'{{"id":"{new_id()}","card":"{self.card}","kind":"observation.noted","at":"{at}",{mine},{rest}}}'.encode())

    def send(self, most: int) -> None:
        """What is unsent, in one call; what does not fit in it waits for the next."""
        batch, self.unsent, self.busy = self.unsent[:most], self.unsent[most:], True
        body = b'{"epoch":"%s","have":{"%s":%d},"entries":[%s]}' % (self.epoch.encode(), self.card.encode(), self.have, b",".join(batch))
        assert self.calls
        self.calls.sendall(b"%s%d\r\n\r\n%s" % (self.head, len(body), body))

    def answered(self) -> bool:
        """Reads on; whether the answer is whole."""
        assert self.calls
        told = self.takes(some(self.calls))
        if told is None:
            return False
        assert b'"rejected": {}' in told, told[:500]
        self.busy = False
        return True

    def takes(self, brought: bytes) -> bytes | None:
        """The answer, once it is whole. Anything but a good one is as good as a broken connection."""
        self.answer += brought
        head, _, body = self.answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not length or len(body) < int(length[1]):
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionAbortedError(head)
        packed = _PACKED.search(head)
        told = unpacked(body, packed[1].decode() if packed else "")
        self.answer = b""
        self.has(told)
        return told

    def hears(self) -> list[bytes]:
        """Which entries the stream brought: the numbers they were written with."""
        assert self.stream
        self.heard += some(self.stream)
        whole, end, self.heard = self.heard.rpartition(b"\n\n")
        if not end:
            return []
        self.has(whole)
        return _TURN.findall(whole)

    def has(self, told: bytes) -> None:
        self.have = max([self.have, *map(int, _UPTO.findall(told))])


def some(connection: socket.socket) -> bytes:
    """What came. A server that ends a connection in the middle of a measurement spoils it."""
    brought = connection.recv(1 << 20)
    assert brought, "the server ended a connection"
    return brought


class Load:
    """All phones of all cards, listening; or only there to hand in, one call after the other."""

    def __init__(self, teams: list[list[LoadPhone]], listening: bool = True) -> None:
        self.phones = [phone for team in teams for phone in team]
        self.listeners = {id(phone): len(team) for team in teams for phone in team}
        self.poll = select.epoll()
        self.ears = {self._watch(phone.listen()): phone for phone in self.phones} if listening else {}
        self.callers: dict[int, LoadPhone] = {}

    def _watch(self, connection: socket.socket) -> int:
        self.poll.register(connection.fileno(), select.EPOLLIN)
        return connection.fileno()

    def run(self, a_second: float, seconds: float, together: int = 500, patience: float = 3) -> list[float]:
        """The delay of every entry to every listener, in seconds. `together`: how many unsent entries go in one call. What was not there
        `patience` after the last was written counts as infinitely late.
        """
        chance = random.Random(1)
        writers = chance.choices(self.phones, k=int(a_second * seconds))
        due = sum(self.listeners[id(phone)] for phone in writers)
        delays: list[float] = []
        turn, begin = 0, time.perf_counter()
        while (now := time.perf_counter() - begin) < seconds + patience and len(delays) < due:
            while turn < len(writers) and turn / a_second <= now:
                self._write(writers[turn], turn, together)
                turn += 1
            wait = turn / a_second - now if turn < len(writers) else 0.1
            for handle, _ in self.poll.poll(max(0.0, wait)):
                if handle in self.ears:
                    arrived = time.perf_counter() - begin
                    delays.extend(arrived - int(heard) / a_second for heard in self.ears[handle].hears())
                else:
                    self._answered(self.callers[handle], together)
        self._finish(together)
        return delays + [float("inf")] * (due - len(delays))

    def hand_in(self, phone: LoadPhone, turn: int, together: int) -> None:
        """So many new entries of this phone in one call, which is not waited for."""
        for _ in range(together - 1):
            phone.write(turn)
        self._write(phone, turn, together)

    def answers(self, seconds: float) -> list[LoadPhone]:
        """Whose call was answered within this time."""
        return [phone for handle, _ in self.poll.poll(seconds) if (phone := self.callers[handle]).answered()]

    def is_busy(self) -> bool:
        return any(phone.busy for phone in self.callers.values())

    def _write(self, phone: LoadPhone, turn: int, together: int) -> None:
        if phone.calls is None:
            self.callers[self._watch(phone.connect())] = phone
        phone.write(turn)
        if not phone.busy:
            phone.send(together)

    def _answered(self, phone: LoadPhone, together: int) -> None:
        if phone.answered() and phone.unsent:
            phone.send(together)

    def _finish(self, together: int) -> None:
        """Until everything is handed in and no stream has brought an entry for a while, so that the next run begins with nothing waiting.
        Signs of life do not count: of thousands of streams some always bring one.
        """
        for phone in self.phones:
            phone.unsent.clear()
        calm = time.perf_counter() + 0.5
        while self.is_busy() or time.perf_counter() < calm:
            for handle, _ in self.poll.poll(0.1):
                if handle not in self.ears:
                    self._answered(self.callers[handle], together)
                elif self.ears[handle].hears():
                    calm = time.perf_counter() + 0.5

    def close(self) -> None:
        for phone in self.phones:
            for connection in (phone.stream, phone.calls):
                if connection:
                    connection.close()
            phone.stream = phone.calls = None
        self.poll.close()
