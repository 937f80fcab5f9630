"""What the tests about privacy share: who watches over it, and what the access log says about a card."""

from __future__ import annotations

from typing import Any

from flask import Flask

from store import access_log, heard
from store.access_log import Asked
from tests.cast import Clock, Phone

PRIVACY, PRIVACY_CARE = "privacy@noord.example", "privacy@crisisdienst.example"
DAY_H = 24


def told(app: Flask, **asked: Any) -> list[dict[str, Any]]:
    """The lines of the access log, oldest first, with what streams brought."""
    with app.app_context():
        heard.heard().write()
        return list(access_log.every(Asked(**asked)))[::-1]


def did(app: Flask, card: str = "", **asked: Any) -> list[tuple[str, str, str, str]]:
    return [(line["action"], line["name"].split()[0], line["ground"], line["outcome"]) for line in told(app, card=card, **asked)]


def close(phone: Phone, card: str, **body: Any) -> dict[str, Any]:
    return phone.write(card, "card.closed", {"outcome": "Klaar", **body})


def later(clock: Clock, hours: int, *phones: Phone) -> None:
    """Days later sessions are over: whoever goes on signs in again, on the same device."""
    clock.later(hours=hours)
    for phone in phones:
        phone.sign_in()
