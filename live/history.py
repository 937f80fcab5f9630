"""History: when the server's history gets another name (store/epoch.py), every stream ends. Its device comes back, asks, and is told the new name.

What a stream brings is numbered in the history in which it was opened. A process that writes nothing notices a restore by asking now and then.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from live.hub import Hub
from store import epoch, unsure
from store.now_and_then import NowAndThen


def prepare(app: Flask) -> None:
    hub: Hub = app.extensions["hub"]
    with app.app_context():
        epoch.when_renamed(hub.end_all)


def start(app: Flask) -> Callable[[], None]:
    """Asks every two seconds, until what this returns is called; and whether that is in it which the database gave no answer about."""
    otherwise = "whether the history is still the same could not be asked; asked again"
    return NowAndThen(app, "history", epoch.FRESH_S, _look, otherwise).stop


def _look() -> None:
    epoch.epoch()
    unsure.bring()
