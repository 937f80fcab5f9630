"""Calls outward as the server makes them: under gevent, in a Python of its own, because gevent changes all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
from gevent import monkey
monkey.patch_all()
import time
from ipaddress import ip_network
import gevent
from gevent.server import StreamServer
from blueprints import outward
from store.aside import aside
HERE = [ip_network("127.0.0.0/8")]
outward.PATIENCE_S = 0.5

def serving(*parts):
    def drips(one, _):
        one.recv(65536)
        for part in parts:
            one.sendall(part)
            gevent.sleep(0.05)
        gevent.sleep(30)
    server = StreamServer(("127.0.0.1", 0), drips)
    server.start()
    return server.server_port

def is_left(url, allowed=HERE):
    began = time.monotonic()
    try:
        outward.session(allowed).get(url, timeout=outward.TIMEOUT_S)
    except outward.Forbidden as refused:
        assert refused.code == "too_slow", refused.code
    else:
        raise AssertionError("it was waited for")
    assert time.monotonic() - began < 10, time.monotonic() - began
"""
HEAD = """
is_left(f"http://127.0.0.1:{serving(*[b'H'] * 200)}/")
"""
BODY = """
head = b"HTTP/1.1 201 Created\\r\\nContent-Length: 1000\\r\\n\\r\\n"
is_left(f"http://127.0.0.1:{serving(head, *[b'x'] * 200)}/")
"""
SHAKING_HANDS = """
record = bytes([22, 3, 3, 64, 0])  # TLS: sixteen kilobytes of handshake come, one by one
is_left(f"https://127.0.0.1:{serving(record, *[b'x'] * 200)}/")
"""
NAME = """
sleep = monkey.get_original("time", "sleep")
monkey.saved["socket"]["getaddrinfo"] = lambda *_: sleep(12)
asking = [gevent.spawn(is_left, f"https://{number}.example/", []) for number in range(20)]
gevent.sleep(0.1)
began = time.monotonic()
aside(sleep, 0)
assert time.monotonic() - began < 2, "the disk waits behind no name"
gevent.joinall(asking, raise_error=True)
"""
ANOTHER_PATIENCE = """
try:
    with gevent.Timeout(0.2):
        is_left(f"http://127.0.0.1:{serving()}/")
except gevent.Timeout:
    pass
else:
    raise AssertionError("who asked has less patience, and that counts")
"""
CASES = {
    "a head that drips": HEAD, "a body that drips": BODY, "a handshake that drips": SHAKING_HANDS, "a name that hangs": NAME,
    "less patience": ANOTHER_PATIENCE,
}  # fmt: skip


@pytest.mark.parametrize("what", CASES.values(), ids=CASES)
def test_a_call_ends_in_time_whoever_lets_it_wait(what: str) -> None:
    done = subprocess.run([sys.executable, "-c", BEGIN + what], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
