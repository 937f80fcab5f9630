"""A push service on this machine, as the maker of a browser has one: it takes messages (RFC 8030), checks who sends them (RFC 8292), and keeps them
for the subscriber, who alone can open them (RFC 8291). What it answers is as a test says.
"""

from __future__ import annotations

import base64
import json
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NETWORKS = "127.0.0.0/8"
PRIVATE, SUBJECT = "pzvXkXE7YdDhHkDkHbT5Jv6x3gXq1vYw3qYyQm0oW0s", "mailto:beheer@motorkap.example"
"""A server's own key pair, for tests alone."""


def packed(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(frozen=True)
class Message:
    """What arrived at an address: its headers, and what was in it once it was opened."""

    path: str
    headers: dict[str, str]
    length: int
    text: str
    claims: dict[str, Any]

    @property
    def told(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.text)
        return said


@dataclass
class Browser:
    """A subscription as a browser holds it: an address, and the keys that open what comes there."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes ok"

    def to_json(self) -> dict[str, Any]:
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": {"p256dh": packed(public(self.key)), "auth": packed(self.auth)}}

    def opened(self, body: bytes) -> str:
        """RFC 8291, 3.4, over the one record of RFC 8188 that a push message is."""
        salt, size, idlen = body[:16], struct.unpack("!L", body[16:20])[0], body[20]
        sender, sealed = body[21 : 21 + idlen], body[21 + idlen :]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derived(shared, self.auth, b"WebPush: info\0" + public(self.key) + sender, 32)
        key, nonce = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16), derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain, mark, after = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\2")
        assert mark
        assert not after.strip(b"\0")
        return plain.decode()


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def claims_of(authorization: str, origin: str) -> dict[str, Any]:
    """What the sender says of itself, once its signature is checked (RFC 8292, 2 and 3)."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    told = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = told["t"].split(".")
    assert json.loads(unpacked(head))["alg"] == "ES256"
    raw = unpacked(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(told["k"]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    said: dict[str, Any] = json.loads(unpacked(claims))
    assert said["aud"] == origin, said["aud"]
    return {**said, "key": told["k"]}


class PushService:
    """`answers` is what it says to the next messages, (status, headers); when that is used up it takes them: 201."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.refused: list[str] = []
        self.browsers: dict[str, Browser] = {}
        self.now: Callable[[], float] = time.time
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def browser(self, name: str) -> Browser:
        path = f"/{name}"
        return self.browsers.setdefault(path, Browser(f"{self.origin}{path}"))

    def got(self, name: str) -> list[dict[str, Any]]:
        """What arrived for this subscription, opened, oldest first."""
        return [message.told for message in self.messages if message.path == f"/{name}"]

    def kinds(self, name: str) -> list[str]:
        return [told["kind"] for told in self.got(name)]

    def wait_for(self, condition: Callable[[], Any], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, [message.told for message in self.messages] + self.refused
            time.sleep(0.05)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, more = service.take(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                for name, value in {**more, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        return Handler

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        told = {name.lower(): value for name, value in headers.items()}
        try:
            # The library leaves the port out of the audience; push services of browsers have none.
            claims = claims_of(told["authorization"], "http://127.0.0.1")
            assert told["content-encoding"] == "aes128gcm"
            message = Message(path, told, len(body), self.browsers[path].opened(body), claims)
        except (AssertionError, InvalidSignature, KeyError, ValueError) as problem:
            self.refused.append(repr(problem))
            return 400, {}
        status, more = self.answers.pop(0) if self.answers else (201, {})
        if status == 201:
            self.messages.append(message)
        return status, more
