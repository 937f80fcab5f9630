"""The frame of every screen: who looks, what time it is, in which language, who is who. The worker has the same in static/worker/session.js."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, make_response, render_template, request
from flask_login import current_user

from blueprints import cookies, server
from blueprints.directory_screen import NOTHING
from card.fold import Card
from store import directory, guides, people

LANGUAGES = ("nl", "en")

Frame = dict[str, Any]


def language() -> str:
    chosen = cookies.get("lang")
    return chosen if chosen in LANGUAGES else "nl"


def nobody() -> Frame:
    """The frame of a page for somebody who is not signed in."""
    known = {"people": {}, "organisations": {}, "directory": NOTHING}
    return {"viewer": None, "now": server.now_ms(), "lang": language(), **known, "duty": None, "sync": None}


def frame(*cards: Card) -> Frame:
    """The frame for whoever is signed in, with the names of everybody on these cards. No `sync`: here everything is shared at once."""
    user: people.SignedIn = current_user
    return {
        **nobody(),
        "viewer": {"person": user.person, "org": user.org, "domain": user.domain, "role": user.role, "name": user.name},
        "duty": {**server.duty(), "on": user.on_duty},
        "people": people.names_of({user.person, *named_on(cards)}),
        "organisations": {one["id"]: one for one in people.organisations()},
        "directory": directory.book(user.viewer),
        "guides": guides.book(user.org, user.domain),
    }


def named_on(cards: Iterable[Card]) -> set[str]:
    """Everybody a card names: who wrote, and who came, left or joined."""
    writers = {item["by"] for card in cards for item in card["timeline"]}
    persons = {one["person"] for card in cards for one in [*card["present"], *card["left"]]}
    persons |= {card["contact"]["keeper"] for card in cards if card["contact"]["keeper"]}
    return writers | persons | {person for card in cards for person in card["joined"]}


def is_fragment() -> bool:
    return request.headers.get("HX-Request") == "true"


def show(screen: tuple[str, dict[str, Any]], status: int = 200) -> Response:
    """A screen, which is a template and its context, as an answer."""
    template, context = screen
    return make_response(render_template(template, **context), status)
