"""Calls outward: to which addresses the server goes for an administrator, and to which it does not (server-side request forgery)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

import pytest
import requests

from blueprints import outward
from blueprints.outward import Forbidden, is_allowed, may_call, session_class

HERE = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_the_public_internet_may_be_called(address: str) -> None:
    assert may_call(address, [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    ],
)  # fmt: skip
def test_nothing_else_unless_its_network_was_named(address: str) -> None:
    assert not may_call(address, [])
    assert not may_call(address, [ip_network("192.0.2.0/24")])


def test_a_network_that_was_named_may_be_called() -> None:
    assert may_call("10.1.2.3", [ip_network("10.1.0.0/16")])
    assert not may_call("10.2.0.1", [ip_network("10.1.0.0/16")])
    assert may_call("::ffff:10.1.2.3", [ip_network("10.1.0.0/16")])


def test_plain_http_is_for_this_machine_and_only_when_a_network_was_named() -> None:
    assert is_allowed("http://localhost:9400/x", HERE)
    assert is_allowed("http://127.0.0.1:9400", HERE)
    assert not is_allowed("http://localhost:9400", [])
    assert not is_allowed("http://login.example", HERE)
    assert not is_allowed("http://localhost.example", HERE)
    assert is_allowed("https://login.example/tenant/v2.0", [])
    for odd in ("", "https://", "//login.example", "file:///etc/passwd", "https://a@login.example", "https://login.example#x", "https://[x"):
        assert not is_allowed(odd, HERE), odd


def test_the_address_that_is_called_is_the_one_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time (DNS rebinding) is asked once."""
    asked: list[str] = []
    called: list[Any] = []

    def answers(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port))]

    def calls(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        called.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(outward.socket, "getaddrinfo", answers)
    monkeypatch.setattr(outward, "create_connection", calls)
    with pytest.raises(requests.ConnectionError):
        session_class([])().request("GET", "https://login.example/", withhold_token=True)
    assert (asked, called) == (["login.example"], [("93.184.216.34", 443)])


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Forbidden, match="private"):
        session_class([])().request("GET", "https://login.example/", withhold_token=True)


@contextmanager
def answering(*parts: bytes, wait_s: float = 0) -> Iterator[str]:
    """A server of one answer, which comes in parts."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            one, _ = listener.accept()
            one.recv(65536)
            for part in parts:
                one.sendall(part)
                time.sleep(wait_s)
            one.close()
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.close()
    thread.join(5)


def get(url: str) -> Any:
    return session_class(HERE)().request("GET", url, withhold_token=True)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_an_answer_comes_through_as_it_is() -> None:
    with answering(HEAD + b'Content-Length: 9\r\n\r\n{"a": 12}') as url:
        assert get(url).json() == {"a": 12}


def test_an_answer_without_end_is_not_read_to_the_end() -> None:
    with answering(HEAD + b"\r\n", *[b"x" * 100_000] * 8) as url, pytest.raises(Forbidden, match="too_much"):
        get(url)


def test_an_answer_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "PATIENCE_S", 0.3)
    with answering(HEAD + b"\r\n", *[b"x"] * 20, wait_s=0.05) as url, pytest.raises(Forbidden, match="too_slow"):
        get(url)


def test_a_head_that_drips_is_left_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes well within the time that a socket waits for one."""
    monkeypatch.setattr(outward, "PATIENCE_S", 0.3)
    began = time.monotonic()
    with answering(*[b"H"] * 60, wait_s=0.05) as url, pytest.raises(Forbidden, match="too_slow"):
        get(url)
    assert time.monotonic() - began < 2, "also who answered was told at once that nobody reads on"


def test_who_was_left_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """So nothing of it stays behind."""
    monkeypatch.setattr(outward, "PATIENCE_S", 0.3)
    with answering(*[b"H"] * 100, wait_s=0.05) as url, pytest.raises(Forbidden, match="too_slow"):
        get(url)
    deadline = time.monotonic() + 3
    while any(one.name == "outward" for one in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "PATIENCE_S", 0.3)
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    began = time.monotonic()
    with pytest.raises(Forbidden, match="too_slow"):
        session_class([])().request("GET", "https://login.example/", withhold_token=True)
    assert time.monotonic() - began < 1.5


def test_a_packed_answer_is_not_unpacked() -> None:
    with answering(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzip!") as url:
        assert get(url).content == b"zip!"


def test_nobody_is_followed_elsewhere() -> None:
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with answering(elsewhere) as url, pytest.raises(Forbidden, match="redirected"):
        get(url)
