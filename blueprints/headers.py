"""What browsers are told with every answer, whoever gives it: no code but ours, no frames, and no copy of what is personal.

Around the app and not in it, so that no answer leaves without: also not one that Flask never sees, such as a file or a refusal to write to one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BEHIND_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
OF_A_FILE = "default-src 'none'; frame-ancestors 'none'"
"""A picture or a script that somebody opens by itself does nothing."""


def of_pages(policy: Path, behind_tls: bool) -> dict[str, str]:
    return of_files(behind_tls) | {"Content-Security-Policy": written(json.loads(policy.read_text())), "Cache-Control": "no-store"}


def of_files(behind_tls: bool) -> dict[str, str]:
    return ALWAYS | (BEHIND_TLS if behind_tls else {}) | {"Content-Security-Policy": OF_A_FILE}


def written(policy: Mapping[str, list[str]]) -> str:
    """The content security policy as a header. The worker writes the same (static/worker/answer.js)."""
    return "; ".join(" ".join([name, *sources]) for name, sources in policy.items())


def told(app: Wsgi, always: Mapping[str, str]) -> Wsgi:
    """The app, with these headers on every answer that says nothing else itself."""

    def telling(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, said: list[tuple[str, str]], *more: Any) -> Any:
            names = {name.lower() for name, _ in said}
            return start_response(status, said + [(name, value) for name, value in always.items() if name.lower() not in names], *more)

        return app(environ, start)

    return telling
