"""Seeing: what people do with cards, into the access log (store/access_log.py). The doors call it, so that no route can forget it."""

from __future__ import annotations

from flask import g, request

from blueprints import server
from store import access_log, heard
from store.access_log import Line
from store.log import Standing

REFUSED = (401, 403, 404)
OTHER_ACTIONS = {
    "joining.make_code": "code", "seen.seen": "seen", "outgoing.handover": "export", "outgoing.card": "export", "outgoing.care_report": "export",
    "api.handover": "export", "api.care_report": "export",
}  # fmt: skip


def line(action: str, card: str = "", standing: Standing | None = None, outcome: str = "ok", detail: str = "", ground: str = "") -> Line:
    on = standing or Standing(False, ground or "none", "")
    return Line(server.visit(), server.now_ms(), action, card, on.opened_by, ground or on.ground, outcome, detail)


def saw_card(card: str, standing: Standing, status: int) -> None:
    """A request about a card, when its answer is ready and has not left. What was written has its line already, from the log itself."""
    if g.pop("wrote", None) == card and status < 400:
        return
    action = OTHER_ACTIONS.get(request.endpoint or "", "read" if request.method in ("GET", "HEAD") or status == 422 else "write")
    outcome = "ok" if status < 400 or status == 422 else "refused" if status in REFUSED else "failed"
    access_log.append([line(action, card, standing, outcome, request.endpoint or "")])


def saw_list(cards: list[tuple[str, Standing]], where: str = "") -> None:
    """A list of cards says where and what: each of them was seen. Drawn again within five minutes is the same look."""
    heard.append_new([line("list", card, standing, detail=where) for card, standing in cards])


def did(action: str, card: str = "", **more: str) -> None:
    """What who watches over privacy does: looking into the log, handing out, holding."""
    opened_by = more.pop("opened_by", "")
    access_log.append([line(action, card, Standing(False, more.pop("ground", "privacy"), opened_by), **more)])
