"""Farewell: all devices of somebody at once, for who was sent away and for who has a new password."""

from __future__ import annotations

from blueprints import server
from store import sessions
from store.models import Session


def sign_out_elsewhere(person: str, but: str | None = None) -> None:
    """A new password: every device but this one must sign in again. What it keeps stays; only who reported it lost erases it."""
    now = server.now_ms()
    elsewhere = sessions.of_person(person) if but is None else sessions.of_person(person) & (Session.device != but)
    sessions.end(elsewhere, "new_password", now, server.sessions_ended)


def send_away(person: str, by: str) -> None:
    """No longer of this organisation: their devices sign out for good, hand in what they still had, and erase themselves."""
    now = server.now_ms()
    held = [one.id for one in sessions.devices_of(person, now) if one.revoked_ms is None]
    sessions.end(sessions.of_person(person), "revoked", now, server.sessions_ended, sessions.Revoking(held, by, "left"))
