"""Set aside: what revoked devices still handed in, for the team lead and the administrator of that organisation. They decide, entry by entry.

What they put on the card goes into the log as its writer made it, judged by the same rules as if its writer handed it in now.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, seeing, server
from blueprints.frame import frame
from card.access import Viewer
from store import log, people, set_aside

blueprint = Blueprint("set_aside", __name__)


@blueprint.get("/set-aside")
@doors.keeper
def waiting() -> Response:
    return page({})


@blueprint.post("/set-aside")
@doors.keeper
def decide() -> AnyResponse:
    """`do` is put or leave; `id` names entries of one device, each of them or all that wait."""
    device, asked = request.form.get("device", ""), set(request.form.getlist("id"))
    chosen = [one for one in set_aside.kept_for(current_user.org) if one.device == device and one.entry["id"] in asked]
    if not chosen or request.form.get("do") not in ("put", "leave"):
        abort(404)
    if request.form["do"] == "leave":
        settle(device, [one.entry["id"] for one in chosen], "left_out")
        return redirect("/set-aside", 303)
    refused = put_on_cards(device, chosen)
    return page(refused, 422) if refused else redirect("/set-aside", 303)


def put_on_cards(device: str, chosen: list[set_aside.Kept]) -> dict[str, str]:
    """Into the log, in the order in which they were written. Why the log refuses those that it refuses."""
    writer = Viewer(chosen[0].person, current_user.org, current_user.domain, "member", device)
    done = log.hand_in(writer, [one.entry for one in chosen], server.now_ms(), server.secret(), server.hub().tell, server.visit())
    settle(device, list(done.accepted), "taken")
    return {name: why.code for name, why in done.rejected.items()}


def settle(device: str, ids: list[str], decided: str) -> None:
    set_aside.decide(current_user.org, device, ids, decided, current_user.person, server.now_ms())


def page(refused: dict[str, str], status: int = 200) -> Response:
    kept = set_aside.kept_for(current_user.org)
    base = frame()
    named = {one.person for one in kept} | {one.decided_by for one in kept if one.decided_by}
    base["people"] = {**base["people"], **people.names_of(named | log.named_in(one.entry for one in kept))}
    standings = {card: log.standing(doors.viewer(), card) for card in {one.entry["card"] for one in kept}}
    seeing.saw_list(list(standings.items()), "set_aside.waiting")
    facts: dict[str, Any] = {
        "groups": [grouped(list(ones)) for _, ones in groupby((one for one in kept if not one.decided), key=lambda one: one.device)],
        "left_out": [shown(one) for one in kept if one.decided],
        "mine": sorted(card for card, standing in standings.items() if standing.on),
        "refused": refused,
    }
    return Response(render_template("devices/set_aside.html", **base, **facts), status)


def grouped(ones: list[set_aside.Kept]) -> dict[str, Any]:
    first = ones[0]
    return {"device": first.device, "kind": first.kind, "person": first.person, "kept": [shown(one) for one in ones]}


def shown(one: set_aside.Kept) -> dict[str, Any]:
    moment = None if one.decided_ms is None else f"{one.decided_ms:013d}-"
    return {"device": one.device, "entry": one.entry, "decided_by": one.decided_by, "decided": moment}
