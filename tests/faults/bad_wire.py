"""A bad network between phones and the server: a TCP proxy that delays, loses and cuts.

TCP hides a lost packet: it sends it again, after a wait that doubles. So a loss is a stall here, and a row of losses breaks the connection, as it
is for whoever speaks TCP over a bad network. Apart from that connections break in the middle of an answer: the phone has read a part of it, and the
server believes that all is well.
"""

from __future__ import annotations

import contextlib
import queue
import random
import socket
import struct
import threading
import time
from collections import Counter

from tests.stories.wire import Wire, hang_up

PACKET = 1_400
LOSSES_THAT_BREAK = 3
SENT_AGAIN_AFTER_S = 0.2
AT_ONCE = struct.pack("ii", 1, 0)


class BadWire(Wire):
    """`loss`: of how many packets in one; `delay_s`: each way together; `breaks`: the chance that an answer ends in its middle."""

    def __init__(self, server_port: int, loss: float, delay_s: float, breaks: float) -> None:
        self.loss, self.delay_s, self.breaks = loss, delay_s, breaks
        self.chance = random.Random(1)
        self.did: Counter[str] = Counter()
        super().__init__(server_port)

    def mend_for_good(self) -> None:
        """From here on it is a good network."""
        self.loss = self.delay_s = self.breaks = 0

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        self._carry(client, server)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        self._carry(server, client, answers=True)

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool = False) -> None:
        """Packets leave in the order in which they came, each no sooner than its delay allows; reading does not wait for that."""
        on_the_way: queue.Queue[tuple[float, bytes]] = queue.Queue()
        threading.Thread(target=self._deliver, args=(on_the_way, source, target, answers), daemon=True).start()
        with contextlib.suppress(OSError):
            while chunk := source.recv(PACKET):
                on_the_way.put((time.monotonic() + self.delay_s / 2, chunk))
        on_the_way.put((time.monotonic() + self.delay_s / 2, b""))

    def _deliver(self, on_the_way: queue.Queue[tuple[float, bytes]], source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, packet = on_the_way.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not packet or not self._arrives():
                    break
                if answers and self.chance.random() < self.breaks:
                    self.did["cut in an answer"] += 1
                    target.sendall(packet[: len(packet) // 2])
                    break
                target.sendall(packet)
        self._break(source, target)

    def _arrives(self) -> bool:
        """Whether it arrives before whoever sends it gives up."""
        for turn in range(LOSSES_THAT_BREAK):
            if self.chance.random() >= self.loss:
                return True
            self.did["lost"] += 1
            time.sleep(SENT_AGAIN_AFTER_S * 2**turn)
        self.did["given up"] += 1
        return False

    def _break(self, *sockets: socket.socket) -> None:
        """As a network breaks: no farewell."""
        for one in sockets:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            hang_up(one)
