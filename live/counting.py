"""Counting: keeps what figures count up with the log (store/summaries.py), behind everybody's back. Nobody who writes waits for it.

What grows is remembered by name and made anew at the next look. What another process wrote, or what a server that was killed forgot, is found by a
look at all cards: at the first look after a start, and every hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from store import summaries
from store.grown import Grown

HOUR_MS = 3_600_000


@dataclass
class Counting:
    app: Flask
    now: Callable[[], int]
    changed: set[str] = field(default_factory=set)
    all_seen_ms: int | None = None

    def hear(self, grown: list[Grown]) -> None:
        self.changed.update(one.card for one in grown)

    def look(self) -> None:
        changed, self.changed = self.changed, set()
        try:
            self._count(changed, self.now())
        except Exception:
            self.changed |= changed
            raise

    def _count(self, changed: set[str], now_ms: int) -> None:
        with self.app.app_context():
            if self.all_seen_ms is None or now_ms >= self.all_seen_ms + HOUR_MS:
                summaries.catch_up()
                self.all_seen_ms = now_ms
            elif changed:
                summaries.catch_up(changed)
