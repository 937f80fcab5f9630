"""Settings: from the environment, with defaults that work on a laptop. Secrets come from the environment or from a file in DATA, never from code."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PUSH_KEYS = "push-keys"
HERE = "127.0.0.0/8,::1"
SHORTEST_TOKEN = 20


class Misset(ValueError):
    """Settings with which the server must not start; the text says what to do."""


def settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    data = Path(environment.get("DATA", "var")).absolute()
    data.mkdir(parents=True, exist_ok=True)
    behind_tls = environment.get("TLS") == "1"
    origin = environment.get("ORIGIN", "").rstrip("/")
    push = kept_in(data / PUSH_KEYS)
    if environment.get("LIVE_URL") and not environment.get("SECRET_KEY"):
        raise Misset(
            "LIVE_URL is for several processes, and those must have one SECRET_KEY: set SECRET_KEY to the same text for each. "
            f"A process that ran alone kept its own in {data / 'secret'}: set that one, or everybody must sign in again."
        )
    live = re.sub("^valkey", "redis", environment.get("LIVE_URL", ""))  # two names for one protocol
    return {
        "SECRET_KEY": environment.get("SECRET_KEY") or secret_in(data / "secret"),
        "SQLALCHEMY_DATABASE_URI": environment.get("DATABASE_URL") or f"sqlite:///{data / 'motorkap.sqlite'}",
        "ACCESS_DATABASE_URI": environment.get("ACCESS_DATABASE_URL") or "",
        # PostgreSQL: how many connections one process keeps at most for the cards; for the access log it keeps a quarter of them besides.
        "DATABASE_CONNECTIONS": int(environment.get("DATABASE_CONNECTIONS") or "10"),
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        # How long a session lasts is in its record on the server; the cookie that names it only must not be gone before (RFC 6265bis: 400 days).
        "PERMANENT_SESSION_LIFETIME": 400 * 24 * 3600,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        # Redis or Valkey, where there is more than one process: live across them, and one count of who tries too often.
        "LIVE_URL": live,
        "RATELIMIT_STORAGE_URI": f"everywhere+{live}" if live else "here://",  # blueprints/tries_counted.py
        "RATELIMIT_HEADERS_ENABLED": False,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 1,  # a long card a fifth smaller than with gzip, in a third of its time
        "COMPRESS_LEVEL": 3,
        "COMPRESS_MIN_SIZE": 1400,  # what fits in one packet takes as long compressed or not
        "COMPRESS_MIMETYPES": ["application/json", "text/html", "application/manifest+json", "text/javascript"],
        "BEHIND_TLS": behind_tls,
        # Every phone drops its worker and works on the server alone, until it is on again (static/worker/off.js).
        "WORKER_OFF": environment.get("WORKER", "").strip().lower() == "off",
        # The address that people type, and the name that passkeys belong to. Left empty they follow from each request (blueprints/ceremony.py).
        "ORIGIN": origin,
        "RP_ID": environment.get("RP_ID") or urlsplit(origin).hostname or "",
        "PORT": int(environment.get("PORT", "8000")),
        "PASSWORD_COST": {},
        "PROVIDER_NETWORKS": networks(environment.get("PROVIDER_NETWORKS", "")),
        # Push: the key by which push services know this server, and whom they write to about it (RFC 8292). Without a key nothing is pushed.
        "PUSH_KEYS": data / PUSH_KEYS,
        "VAPID_PRIVATE": environment.get("VAPID_PRIVATE") or push.get("private", ""),
        "VAPID_SUBJECT": environment.get("VAPID_SUBJECT") or push.get("subject", ""),
        "PUSH_NETWORKS": networks(environment.get("PUSH_NETWORKS", "")),
        # How often one token may ask (blueprints/doors.py).
        "API_LIMIT": environment.get("API_LIMIT") or "300 per minute",
        # How often somebody may be refused before this process cuts them short (blueprints/refusals.py).
        "REFUSALS_LIMIT": environment.get("REFUSALS_LIMIT") or "300 per 10 seconds",
        # Who may read /metrics, besides who has the token: who comes straight from here (blueprints/watching.py).
        "METRICS_NETWORKS": networks(environment.get("METRICS_NETWORKS") or HERE),
        "METRICS_TOKEN": metrics_token(environment.get("METRICS_TOKEN", "")),
        # What was built, as whoever built it calls it.
        "BUILD": environment.get("BUILD", ""),
        "LOOK_EVERY_S": float(environment.get("LOOK_EVERY_S", "60")),
    }


def networks(named: str) -> list[Any]:
    return [ip_network(one.strip()) for one in named.split(",") if one.strip()]


def metrics_token(said: str) -> str:
    if 0 < len(said) < SHORTEST_TOKEN:
        raise Misset(f"METRICS_TOKEN can be guessed: give it at least {SHORTEST_TOKEN} characters, for instance from `openssl rand -hex 32`.")
    return said


def kept_in(file: Path) -> dict[str, str]:
    """What a command wrote there for itself; nothing where it did not."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return kept


def secret_in(file: Path) -> str:
    """The server's secret, made at the first start and readable by its owner alone."""
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_hex(32))
    return file.read_text().strip()
