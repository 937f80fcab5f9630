"""The demo's first contact: the wijkagent of Noord drops in at Opvang De Haven every other week and knows a support worker there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from card.access import Viewer
from card.clock import date
from card.hlc import tick
from store import log
from store.database import reading
from store.models import Person

CARD = "019a0000-0000-7000-8000-0000000ca4d1"
DEVICE = "00000001"
DAY_MS = 24 * 3600 * 1000


def make(now_ms: int, secret: bytes) -> None:
    """Once; what people make of it stays."""
    with reading() as connection:
        wijkagent = connection.scalar(select(Person.id).where(Person.email == "wijkagent@noord.example"))
    if wijkagent is None or log.is_opened(CARD):
        return
    day = date(f"{now_ms - 13 * DAY_MS:013d}-")
    bodies: list[tuple[str, dict[str, Any], str]] = [
        ("card.opened", {"situation": "lower_threshold", "place": "Opvang De Haven", "type": "contact"}, "all"),
        ("contact.kept", {"organisation": "dehaven", "rhythm": "fortnightly"}, "org"),
        ("contact.known", {"function": "begeleider", "since": day}, "org"),
        ("contact.visited", {"on": day}, "org"),
    ]
    entries: list[object] = []
    at = None
    for number, (kind, body, audience) in enumerate(bodies):
        at = tick(at, now_ms, DEVICE)
        entries.append({
            "id": f"{CARD[:-1]}{number + 2}", "card": CARD, "kind": kind, "at": at, "by": wijkagent, "org": "noord", "device": DEVICE,
            "audience": audience, "supersedes": [], "body": body,
        })  # fmt: skip
    log.hand_in(Viewer(wijkagent, "noord", "police", "member", DEVICE), entries, now_ms, secret)
