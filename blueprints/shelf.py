"""The shelf: what seldom changes and every phone has with it, also in a basement. Each book on it has an edition of its own.

A device says which editions it has (`"shelf": {"organisations": "3f2a…"}`, empty for none) and hears of the books that it names and has another
edition of. A book is what this person may see of it: how to get its edition and its content (the names are in static/worker/shelf.js too).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blueprints.frame import language as chosen
from card.access import Viewer
from store import directory, guides, language, people, sharing
from store.edition import edition

Book = tuple[Callable[[Viewer], str], Callable[[Viewer], Any]]

BOOKS: dict[str, Book] = {
    "colleagues": (lambda viewer: edition(people.colleagues_of(viewer.org)), lambda viewer: people.colleagues_of(viewer.org)),
    "directory": (directory.current_edition, directory.book),
    "organisations": (lambda viewer: people.organisations_edition(), lambda viewer: people.organisations()),
    "guides": (lambda viewer: guides.current_edition(viewer.org, viewer.domain), lambda viewer: guides.book(viewer.org, viewer.domain)),
    "language": (lambda viewer: language.current_edition(viewer.org, chosen()), lambda viewer: language.book(viewer.org, chosen())),
    "sharing": (lambda viewer: sharing.current_edition(viewer.org), lambda viewer: sharing.instead(viewer.org)),
}


def news(asked: object, viewer: Viewer) -> dict[str, Any]:
    """What this device hears of the shelf: `{"shelf": {name: {"edition", "content"}}}`, or nothing when it has it all or does not ask."""
    known = asked if isinstance(asked, dict) else {}
    told = {name: _told(BOOKS[name], known[name], viewer) for name in BOOKS if isinstance(known.get(name), str)}
    other = {name: book for name, book in told.items() if book}
    return {"shelf": other} if other else {}


def _told(book: Book, known: str, viewer: Viewer) -> dict[str, Any] | None:
    edition_of, content_of = book
    now = edition_of(viewer)
    return None if now == known else {"edition": now, "content": content_of(viewer)}
