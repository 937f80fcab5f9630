"""An authenticator in software (WebAuthn, 6): it makes passkeys and signs with them as a phone does, or as no phone would when a test says so."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, MAY_BACK_UP, BACKED_UP, HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
HERE = "http://localhost"
AAGUID = bytes.fromhex("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4".replace("-", ""))


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """A passkey as it is inside: with its private half."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    handle: str


@dataclass
class Authenticator:
    """`count`: how many signatures it says it made; None when it does not count. `verifies`: whether it knows its person."""

    count: int | None = 0
    verifies: bool = True
    backed_up: bool = False
    keys: list[Key] = field(default_factory=list)

    def make(self, options: dict[str, Any], origin: str = HERE) -> dict[str, Any]:
        """The answer of navigator.credentials.create, as JSON."""
        held = {b64(key.id) for key in self.keys}
        assert not held & {one["id"] for one in options.get("excludeCredentials", [])}, "it has one already"
        key = Key(secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1()), options["user"]["id"])
        self.keys.append(key)
        numbers = key.private.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = AAGUID + len(key.id).to_bytes(2, "big") + key.id + public
        data = self._data(options["rp"]["id"], HAS_KEY) + attested
        response = {
            "clientDataJSON": b64(_client("webauthn.create", options["challenge"], origin)),
            "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "hybrid"],
        }
        return _credential(key, response)

    def show(self, options: dict[str, Any], origin: str = HERE, key: int = -1) -> dict[str, Any]:
        """The answer of navigator.credentials.get, as JSON."""
        used = self.keys[key]
        if self.count is not None:
            self.count += 1
        data, client = self._data(options["rpId"]), _client("webauthn.get", options["challenge"], origin)
        signature = used.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": used.handle}
        return _credential(used, response)

    def _data(self, rp_id: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0) | (MAY_BACK_UP | BACKED_UP if self.backed_up else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + (self.count or 0).to_bytes(4, "big")


def _client(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _credential(key: Key, response: dict[str, Any]) -> dict[str, Any]:
    return {"id": b64(key.id), "rawId": b64(key.id), "type": "public-key", "response": response, "clientExtensionResults": {}}
