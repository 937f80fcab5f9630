"""Fanout service: with LIVE_URL this process hears what others write, and they hear it of us (live/fanout.py). Without it there is one process."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from flask import Flask

from live.fanout import Fanout


def prepare(app: Flask) -> None:
    """Told of every commit and of every stream that must end. It begins to work with `start`."""
    url, secret = app.config["LIVE_URL"], app.config["SECRET_KEY"].encode()
    if url:
        hub = app.extensions["hub"]
        app.extensions["fanout"] = fanout = Fanout(app, hub, url, channel(secret), app.config["NOW"], secret)
        hub.follows = fanout.follows
        hub.others.append(fanout.hear)
        hub.ending.append(fanout.ended)


def channel(secret: bytes) -> str:
    """Processes that share a secret share a channel, and no others: several installations may use one Redis."""
    return f"motorkap {hmac.new(secret, b'live across processes', 'sha256').hexdigest()[:16]}"


def start(app: Flask) -> Callable[[], None]:
    """Works from now on; returns what ends it."""
    fanout: Fanout | None = app.extensions.get("fanout")
    if fanout is None:
        return lambda: None
    fanout.start()
    return fanout.stop
