"""Forms: what every feature that opens cards by one needs. The ids that a form carries, so that a second tap writes nothing new, and the way on."""

from __future__ import annotations

import uuid6
from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from blueprints.frame import is_fragment
from card.entry import is_uuid7


def new_id() -> str:
    return str(uuid6.uuid7())


def uuid_of(fields: dict[str, list[str]], name: str) -> str:
    """The id that the form carried, so that a second tap writes nothing new; or a fresh one."""
    asked = fields.get(name, [""])[0]
    return asked if is_uuid7(asked) else new_id()


def to_card(card: str) -> AnyResponse:
    if is_fragment():
        return Response(headers={"HX-Redirect": f"/cards/{card}"})
    return redirect(f"/cards/{card}", 303)
