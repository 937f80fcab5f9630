"""The network of one phone: a wire between its browser and the server that can be cut and mended.

A browser's own "offline" switch does not always reach its service worker, so these tests cut the wire itself: connections break at once and
new ones are refused, for this phone only. `test_wire.py` proves that a worker notices.

The wire can also put something before the worker's script: that is how a phone gets a clock of its own (see `PRELUDE`), and how its worker is heard
when it complains (complaints.py).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import socket
import threading
from itertools import count

from tests.stories import complaints

# Date in the worker, moved by `self.shift` milliseconds.
PRELUDE = """
self.shift = %d;
{
  const RealDate = Date;
  self.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() + self.shift); }
    static now() { return RealDate.now() + self.shift; }
  };
}
"""


class Wire:
    """A proxy on a port of its own, so that the browser sees one address all evening, whatever happens to the server."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.shift_ms = 0
        self.ears, self.suffix = complaints.IN_A_WORKER, ""
        self._whole = True
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = free_port()
        self._listener: socket.socket | None = None
        self._listen()

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """No connection survives and none is made."""
        self._whole = False
        self._close_listener()
        with self._lock:
            for one in self._sockets:
                hang_up(one)
            self._sockets.clear()

    def mend(self) -> None:
        if not self._whole:
            self._whole = True
            self._listen()

    def close(self) -> None:
        self.cut()

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _close_listener(self) -> None:
        if self._listener is not None:
            # shutdown wakes the thread that waits in accept(); close alone would leave the port listening.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port), timeout=5)
                server.settimeout(None)
            except OSError:
                hang_up(client)
                continue
            with self._lock:
                if not self._whole:
                    hang_up(client)
                    hang_up(server)
                    continue
                self._sockets |= {client, server}
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := client.recv(65536):
                if chunk.startswith(b"GET /worker.js ") and (self.shift_ms or self.ears or self.suffix):
                    client.sendall(self._worker_script(chunk))
                else:
                    server.sendall(self.asked(chunk))
        hang_up(server)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := server.recv(65536):
                self.brought(server, chunk)
                client.sendall(chunk)
        hang_up(client)

    def asked(self, chunk: bytes) -> bytes:
        """What the phone says, as the server gets it."""
        return chunk

    def brought(self, server: socket.socket, chunk: bytes) -> None:
        """What comes towards the phone, before it gets it."""

    def _worker_script(self, request: bytes) -> bytes:
        upstream = http.client.HTTPConnection("127.0.0.1", self.server_port, timeout=10)
        upstream.request("GET", "/worker.js", headers={"Host": f"localhost:{self.port}"})
        answer = upstream.getresponse()
        script = answer.read()
        if self.shift_ms:
            script = (PRELUDE % self.shift_ms).encode() + script
        script = self.ears.encode() + script + self.suffix.encode()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() in KEPT_HEADERS]
        head = "".join(f"{name}: {value}\r\n" for name, value in kept)
        return f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(script)}\r\n\r\n".encode() + script


class RecordingWire(Wire):
    """Keeps every byte that comes towards its phone, per connection and in plain text: the server never hears that it takes compressed answers."""

    def __init__(self, server_port: int) -> None:
        self.record: dict[socket.socket, bytearray] = {}
        super().__init__(server_port)

    def asked(self, chunk: bytes) -> bytes:
        return ASKS_COMPRESSED.sub(b"\r\n", chunk)

    def brought(self, server: socket.socket, chunk: bytes) -> None:
        self.record.setdefault(server, bytearray()).extend(chunk)

    def heard(self) -> str:
        """All of it. What runs on in pieces (RFC 9112, 7.1) is joined, so that no word hides where one ends."""
        whole = b"\n".join(bytes(one) for one in list(self.record.values()))
        assert not COMPRESSED.search(whole), "an answer was compressed: this record would be blind"
        return BETWEEN_PIECES.sub(b"", whole).decode("utf-8", "replace")


ASKS_COMPRESSED = re.compile(rb"\r\naccept-encoding:[^\r]*\r\n", re.IGNORECASE)
COMPRESSED = re.compile(rb"\r\ncontent-encoding:", re.IGNORECASE)
BETWEEN_PIECES = re.compile(rb"\r\n[0-9a-f]+\r\n", re.IGNORECASE)
KEPT_HEADERS = {"content-type", "cache-control", "service-worker-allowed", "content-security-policy"}


def hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def free_port() -> int:
    """Below those that the system gives to whoever calls out: nobody gets it before its server listens, or while a wire is cut. Processes of pytest
    that run side by side each have their own.
    """
    this, of = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = LOWEST + next(_turns) % (PORTS // of) * of + this
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


LOWEST, PORTS = 12_000, 20_000
_turns = count(random.randrange(PORTS))
