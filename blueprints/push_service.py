"""Push service: how a notice leaves this server, to the push service of the maker of a browser (RFC 8030), which can read nothing of it (RFC 8291).

In it are the card, the kind and the entry, by id and always as many bytes: the phone fetches the rest with its own rights. That two phones hear of
the same card a push service cannot see: a `Topic`, by which a newer notice takes the place of one that waits, is made with our secret for one device.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

import requests
from apscheduler.schedulers.background import BackgroundScheduler
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID

from blueprints import outward, server
from live.push import Answer, Sender
from store.push_out import Out, Sending

PADDED = 192
URGENT = ("alarm", "requested", "handover_offered", "safety_asked", "safety_answered", "invited", "risk_higher")
KEEPS_S = 12 * 3600
LONGEST_WAIT_S = 3600.0
REFUSED = {"private": -1, "not_https": -1, "too_slow": 0}
"""What a call that was not made, or not finished, is as an answer (live/push.py `Answer`)."""


@dataclass(frozen=True)
class Keys:
    """Our key pair (RFC 8292). `private` is 32 bytes as base64url; `subject` is where a push service finds us: `mailto:` and an address."""

    private: str
    subject: str

    @cached_property
    def pair(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(decoded(self.private), "big"), ec.SECP256R1())

    @cached_property
    def public(self) -> str:
        """As browsers ask for it (`applicationServerKey`)."""
        return str(VAPID.get_application_server_key(self.pair.public_key()))

    def web_push(self) -> WebPush:
        private = self.pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = self.pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return WebPush(private_key=private, public_key=public, subscriber=self.subject.removeprefix("mailto:"), expiration=KEEPS_S)


def new_private() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Service:
    keys: Keys
    secret: bytes
    networks: outward.Networks
    now: Callable[[], int]

    def __post_init__(self) -> None:
        self.web_push, self.http = self.keys.web_push(), outward.session(self.networks)

    def send(self, sending: Sending) -> Answer:
        """One notice to one device. Nothing that goes wrong on the way is our mistake: it is an answer."""
        try:
            body, headers = self.made(sending)
            answer = self.http.post(sending.to.endpoint, data=body, headers=headers, timeout=outward.TIMEOUT_S, allow_redirects=False)
        except outward.Forbidden as refused:
            return Answer(REFUSED.get(refused.code, 400))
        except requests.RequestException:
            return Answer(0)
        return Answer(answer.status_code, wait_s(answer.headers.get("Retry-After", "")))

    def made(self, sending: Sending) -> tuple[bytes, dict[str, str]]:
        out, to = sending.out, sending.to
        keys = {"p256dh": to.p256dh, "auth": to.auth}
        made = self.web_push.get(payload(out), WebPushSubscription.model_validate({"endpoint": to.endpoint, "keys": keys}))
        more = {
            "TTL": str(max(0, (out.until_ms - self.now()) // 1000)),
            "Urgency": "high" if out.kind in URGENT else "normal",
            "Topic": self.topic(out),
            "Content-Type": "application/octet-stream",
        }
        told: dict[str, Any] = dict(made.headers)
        return made.encrypted, {"Content-Encoding": told["content-encoding"], "Authorization": told["authorization"], **more}

    def topic(self, out: Out) -> str:
        """At most 32 characters of base64url (RFC 8030, 5.4)."""
        told = hmac.new(self.secret, f"push topic {out.card} {out.kind} {out.device}".encode(), "sha256").digest()
        return base64.urlsafe_b64encode(told)[:32].decode()


def payload(out: Out) -> bytes:
    """JSON, with spaces behind it: its length tells nothing of the kind."""
    return json.dumps({"v": 1, "card": out.card, "kind": out.kind, "entry": out.entry}).ljust(PADDED).encode()


def wait_s(said: str) -> float:
    """`Retry-After` in seconds. As a date it asks for the longest pause we know by ourselves anyway."""
    return min(float(said), LONGEST_WAIT_S) if said.isascii() and said.isdigit() else 0.0


def prepare(app: Flask) -> None:
    """Where there is a key: what sends, told of every commit. It begins to work with `start`."""
    keys = Keys(app.config["VAPID_PRIVATE"], app.config["VAPID_SUBJECT"])
    if keys.private:
        service = Service(keys, app.config["SECRET_KEY"].encode(), app.config["PUSH_NETWORKS"], app.config["NOW"])
        app.extensions["push"] = sender = Sender(app, keys.public, app.extensions["measures"].sending(service.send))
        app.extensions["hub"].others.append(sender.hear)


def start(app: Flask) -> Callable[[], None]:
    """Sends from now on, and looks around every minute; returns what ends both."""
    sender: Sender | None = app.extensions.get("push")
    if sender is None:
        return lambda: None
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    scheduler.add_job(sender.look_around, "interval", seconds=app.config["LOOK_EVERY_S"])
    scheduler.start()
    sender.start()

    def stop() -> None:
        scheduler.shutdown(wait=False)
        sender.stop()

    return stop


def key() -> str:
    """Our public key; empty where this server pushes nothing."""
    found = server.push()
    return found.key if found else ""
