"""Seen: who of which organisation saw or wrote a card, when, in plain words, for everybody who is on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from blueprints import doors
from blueprints.frame import frame
from card import clock
from store import access_log, heard, people
from store.access_log import Asked

blueprint = Blueprint("seen", __name__)

PAGE_LINES = 300
SEEN = {
    "list": "saw", "read": "saw", "sync": "got", "stream": "got", "open": "opened", "write": "wrote", "join": "joined", "code": "code",
    "export": "export",
}  # fmt: skip


@blueprint.get("/cards/<uuid:card>/seen")
@doors.member
def seen(card: UUID) -> Response:
    heard.heard().write()
    before = request.args.get("before", "")
    number = int(before) if before.isdecimal() and before.isascii() and len(before) < 16 else 0
    lines = access_log.read(Asked(card=str(card), before=number), PAGE_LINES)
    told = [line for line in lines if line["action"] in SEEN and line["outcome"] == "ok"]
    names = people.names_of({line["person"] for line in told})
    facts = {"card": str(card), "days": days(told), "before": lines[-1]["number"] if len(lines) == PAGE_LINES else 0, "first_page": not number}
    base = frame()
    return Response(render_template("privacy/seen.html", **{**base, "people": {**base["people"], **names}}, **facts))


def days(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By day, and in a day one row for what one person did, with the first and the last time: newest first."""
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for line in lines:
        what, time = SEEN[line["action"]], clock.clock(line["at"])
        rows = found.setdefault(clock.day(line["at"]), {})
        row = rows.setdefault(
            (line["person"], what), {"name": line["name"], "person": line["person"], "org": line["org"], "what": what, "last": time}
        )
        row["first"] = time
        row["times"] = row.get("times", 0) + 1
    return [{"day": day, "rows": list(rows.values())} for day, rows in found.items()]
