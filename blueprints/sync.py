"""POST /sync and GET /cards/<id>.json: what a device hands in, and what it does not have yet (PROTOCOL, "POST /sync")."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from blueprints import doors, server, shelf
from card.entry import Rejected, canonical
from store import access_log, ended, log, people, set_aside
from store.places import NoPlace, Places

blueprint = Blueprint("sync", __name__)

MOST_ENTRIES = 500
MOST_BYTES = 1024 * 1024
AT_ONCE = 128
"""How many calls are worked on at once: two full turns (store/turns.py), so the next is ready when one is done. More of them only take memory."""

WAITS_S = 20.0
"""How long a call waits for that: a phone listens for half a minute (static/worker/sharing.js), and what is done for nobody is done twice."""
RESTS_S = 5

_places = Places(AT_ONCE, WAITS_S)


@blueprint.post("/sync")
@doors.handing_in
def sync() -> Response:
    try:
        told = request.get_data()
    except RequestEntityTooLarge:
        return _too_large()
    try:
        with _place_for(told):
            return _worked_on(told)
    except NoPlace as late:
        raise ServiceUnavailable(retry_after=RESTS_S) from late


def _place_for(told: bytes) -> AbstractContextManager[None]:
    """Who raises an alarm waits behind nobody."""
    return nullcontext() if b"alarm.raised" in told else _places.one()


def _worked_on(told: bytes) -> Response:
    asked = _asked(told)
    if isinstance(asked, Response):
        return asked
    if not current_user.is_authenticated:
        return _last_hand_in(asked["entries"], asked.get("erases") is True)
    if isinstance(asked.get("person"), str) and asked["person"] != current_user.person:
        return doors.refused(401, "other_person", "somebody else signed in on this device")
    handed_in = server.hand_in(asked["entries"])
    news = log.since(current_user.viewer, asked["have"], asked.get("epoch"), server.secret())
    access_log.append(log.read_lines(server.visit(), news, handed_in, server.now_ms()))
    ended_ = news.ended | dict.fromkeys(handed_in.purged, ended.PURGED)
    told = {
        "epoch": handed_in.epoch or news.epoch,  # a restore may come between: then what was accepted counts, and the device asks anew
        "accepted": handed_in.accepted,
        "rejected": {name: _reason(refused) for name, refused in handed_in.rejected.items()},
        "gone": sorted({*news.gone, *handed_in.purged}),
        **({"ended": ended_} if ended_ else {}),
        "more": news.more,
        "upto": news.upto,
        "person": current_user.person,
        "people": people.names_of(news.named),
        "duty": server.duty(),
        **shelf.news(asked.get("shelf"), current_user.viewer),
    }
    return Response(server.wire(told, news.texts), mimetype="application/json")


def _last_hand_in(raws: list[object], erases: bool) -> Response:
    """A revoked device: what it brings is set aside. When it has nothing left to bring the browser is told to erase all of this site,
    unless the device says that it is still busy doing so itself: others who use it may have something unsent there.
    """
    device = doors.revoked()
    assert device, "the door let nobody else in"
    if raws:
        kept = set_aside.keep(device, raws, server.now_ms(), server.secret())
        return doors.refused_for_good({name: _reason(why) for name, why in kept.items()})
    answer = doors.refused_for_good({})
    if not erases:
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/cards/<uuid:card>.json")
@doors.member
def folded(card: Any) -> Response:
    found = server.folded_or_404(card)
    return Response(canonical(found), mimetype="application/json")


def _too_large() -> Response:
    return doors.refused(413, "too_large", "at most 1 MiB a call")


def _asked(told: bytes) -> dict[str, Any] | Response:
    """The request, or the answer that says what is wrong with it as a whole."""
    if len(told) > MOST_BYTES:
        return _too_large()
    try:
        asked = json.loads(told, parse_int=_number)
    except (ValueError, RecursionError):
        return doors.refused(400, "malformed", "not JSON")
    if not isinstance(asked, dict):
        return doors.refused(400, "malformed", "an object is asked for")
    have, entries = ({} if asked.get("have") is None else asked["have"]), ([] if asked.get("entries") is None else asked["entries"])
    if not isinstance(have, dict) or not all(isinstance(seq, int) or (isinstance(seq, float) and seq.is_integer()) for seq in have.values()):
        return doors.refused(400, "malformed", "have is {card: number}")
    if not isinstance(entries, list):
        return doors.refused(400, "malformed", "entries is a list")
    if len(entries) > MOST_ENTRIES:
        return doors.refused(413, "too_large", f"at most {MOST_ENTRIES} entries a call")
    return {**asked, "have": {card: int(seq) for card, seq in have.items()}, "entries": entries}


def _number(digits: str) -> int | float:
    """A number that no entry may hold makes that entry malformed, and not the whole call."""
    return int(digits) if len(digits) < 20 else float(digits)


def _reason(refused: Rejected) -> dict[str, str]:
    reason = {"code": refused.code, "message": refused.message}
    return reason if refused.field is None else {**reason, "field": refused.field}
