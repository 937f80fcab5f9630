"""Farewell: all devices of somebody are signed out at once, and their streams end. The one place for who was sent away or has a new password."""

from __future__ import annotations

from datetime import UTC, datetime

from blueprints import server
from store import people


def end_devices(person: str, but: str | None = None) -> None:
    people.revoke_devices(person, but, datetime.now(UTC))
    server.hub().end_person(person, but)
