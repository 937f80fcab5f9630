"""Guides for who is at the scene: which there are, one with its steps, and steps that become agreements on a card.

The worker answers the same URLs (static/worker/guides.js). Writing and reviewing guides is in guide_keeping.py.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import uuid6
from flask import Blueprint, abort, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, screen, server
from blueprints.frame import frame, show
from card.entry import is_uuid7
from card.fold import Card
from store import guides

blueprint = Blueprint("guides", __name__)


@blueprint.get("/guides")
@doors.signed_in
def everything() -> AnyResponse:
    return show(screen.guides(frame=frame(), card=None))


@blueprint.get("/guides/<guide>")
@doors.signed_in
def one(guide: str) -> AnyResponse:
    return page(guide, None)


@blueprint.get("/cards/<uuid:card>/guides")
@doors.member
def for_card(card: UUID) -> AnyResponse:
    found = server.folded_or_404(card)
    return show(screen.guides(frame=frame(found), card=found))


@blueprint.get("/cards/<uuid:card>/guides/<guide>")
@doors.member
def one_for_card(card: UUID, guide: str) -> AnyResponse:
    return page(guide, server.folded_or_404(card))


@blueprint.post("/cards/<uuid:card>/guides/<guide>")
@doors.member
def put(card: UUID, guide: str) -> AnyResponse:
    """The steps that were ticked become agreements on the card."""
    found, fields = server.folded_or_404(card), request.form.to_dict(flat=False)
    known = guide_or_404(guide)
    bodies, errors = screen.agreements_of(known, fields)
    ids = [id_ for id_ in fields.get("id", []) if is_uuid7(id_)]
    if errors or len(ids) != len(known["steps"]):
        ids = ids if len(ids) == len(known["steps"]) else new_ids(known)
        return show(screen.guide(frame=frame(found), guide=known, card=found, ids=ids, errors=errors, values=fields), 422)
    written = {item["id"] for item in found["timeline"]}
    last: list[Any] = found["timeline"]
    entries = []
    for made in (one for one in bodies if ids[one["step"]] not in written):
        entries.append(server.entry(found["id"], "agreement.made", made["body"], id_=ids[made["step"]], after=last))
        last = [entries[-1]]
    if entries:
        server.hand_in(entries)
    return redirect(f"/cards/{card}", 303)


def page(guide: str, card: Card | None) -> AnyResponse:
    known = guide_or_404(guide)
    return show(screen.guide(frame=frame(*([card] if card else [])), guide=known, card=card, ids=new_ids(known), errors={}, values={}))


def new_ids(guide: dict[str, Any]) -> list[str]:
    """For each step the id of the entry that it would be: a second tap on the same form writes nothing new."""
    return [str(uuid6.uuid7()) for _ in guide["steps"]]


def guide_or_404(guide: str) -> dict[str, Any]:
    found: dict[str, Any] = next((one for one in guides.book(current_user.org, current_user.domain) if one["id"] == guide), None) or abort(404)
    return found
