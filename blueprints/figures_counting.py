"""Counting for the figures, beside the server: every minute what has grown (live/counting.py)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from live.counting import Counting


def prepare(app: Flask) -> None:
    """Told of every commit. It begins to count with `start`."""
    app.extensions["counting"] = counting = Counting(app, app.config["NOW"])
    app.extensions["hub"].others.append(counting.hear)


def start(app: Flask) -> Callable[[], None]:
    """Counts from now on; returns what ends it."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    scheduler.add_job(app.extensions["counting"].look, "interval", seconds=app.config["LOOK_EVERY_S"], next_run_time=datetime.now(UTC))
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)
