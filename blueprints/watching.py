"""Watching: who may read what this server says of itself. Whoever has METRICS_TOKEN, and who comes straight from one of METRICS_NETWORKS (this
machine, unless it says otherwise). What a proxy passes on is from outside, also when the proxy stands on this machine.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import current_app, request

from blueprints.limits import count

PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")
WRONG_TOKENS = "30 per 15 minutes"


def may_watch() -> bool:
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _is_token(said.strip())
    return not any(name in request.headers for name in PASSED_ON) and _is_near(peer())


def peer() -> str:
    """Who holds the other end of the connection, whatever a header says (Werkzeug keeps it where a proxy is believed)."""
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    return str(before.get("REMOTE_ADDR") or "")


def _is_token(said: str) -> bool:
    known = current_app.config["METRICS_TOKEN"]
    if known and hmac.compare_digest(said.encode(), known.encode()):
        return True
    count(WRONG_TOKENS, "metrics", request.remote_addr or "")
    return False


def _is_near(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in current_app.config["METRICS_NETWORKS"])
