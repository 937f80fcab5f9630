"""The small numbers that docs/capacity.md multiplies: how large an entry is, and what a notice to one phone costs."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.table import Figure, percentile
from blueprints.push_service import Keys, Service, new_private
from card.entry import canonical
from store.push_out import Out, Sending
from store.push_subscriptions import Subscription

VECTORS = Path(__file__).parents[1] / "tests" / "vectors"
NOTICES = 300


def entries() -> Iterator[Figure]:
    """The logs of the tests tell what happens on a card in the order in which it does; real ones hold longer notes."""
    logs = [json.loads(file.read_text())["log"] for file in sorted(VECTORS.glob("*.json"))]
    sizes = [len(canonical(entry)) for log in logs for entry in log]
    yield Figure(f"an entry, of {len(sizes)} in the logs of the tests: mean", sum(sizes) / len(sizes), None, "B")


def base64url(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def notices() -> Iterator[Figure]:
    """Encrypted for one browser and signed; sending it is the push service's time and not ours."""
    keys = Keys(new_private(), "mailto:bench@motorkap.example")
    service = Service(keys, b"a secret of the bench", [], lambda: int(time.time() * 1000))
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    to = Subscription("7f3a9c21", "p-1", "https://push.example/1", base64url(point), base64url(secrets.token_bytes(16)))
    sending = Sending(1, Out("c-1", "e-1", "alarm", to.device, int(time.time() * 1000) + 60_000), 0, to)
    took = []
    for _ in range(NOTICES):
        begin = time.process_time()
        service.made(sending)
        took.append(1e6 * (time.process_time() - begin))
    yield Figure("a notice made for one phone: median", percentile(took, 0.5), None, "µs")


def figures() -> Iterator[Figure]:
    yield from entries()
    yield from notices()
