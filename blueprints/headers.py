"""What browsers are told with every answer, whoever gives it: no code but ours, no frames, and no copy of what is personal.

Around the app and not in it, so that no answer leaves without: also not one that Flask never sees, such as a file or a refusal to write to one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

STATIC = Path(__file__).parent.parent / "static"
# The worker reads the same two files (static/worker/answer.js).
ALWAYS: dict[str, str] = json.loads((STATIC / "headers.json").read_text())
POLICY: dict[str, list[str]] = json.loads((STATIC / "policy.json").read_text())
BEHIND_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The policy of what is no page and no worker: a picture, facts or a file that somebody opens by itself does nothing. The whole one is longer
than most answers to a phone."""
NEEDS_THE_WHOLE = ("text/html", "text/javascript")


@dataclass(frozen=True)
class Told:
    """What an answer is told that does not say it itself."""

    always: Mapping[str, str]
    policy: str

    def of(self, status: str, said: list[tuple[str, str]]) -> list[tuple[str, str]]:
        names = {name.lower(): value for name, value in said}
        if status.startswith("304"):
            return []  # the browser has them, with what it kept (RFC 9110, 15.4.5)
        policy = self.policy if names.get("content-type", "").startswith(NEEDS_THE_WHOLE) else NOTHING
        return [(name, value) for name, value in {**self.always, "Content-Security-Policy": policy}.items() if name.lower() not in names]


def of_pages(behind_tls: bool) -> Told:
    policy = "; ".join(" ".join([name, *sources]) for name, sources in POLICY.items())
    return Told({**of_files(behind_tls).always, "Cache-Control": "no-store"}, policy)


def of_files(behind_tls: bool) -> Told:
    return Told(ALWAYS | (BEHIND_TLS if behind_tls else {}), NOTHING)


def around(app: Wsgi, told: Told) -> Wsgi:
    def telling(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return app(environ, lambda status, said, *more: start_response(status, said + told.of(status, said), *more))

    return telling
