"""Quote: a few words of the entry that another one speaks about, so that "done" says what is done. Pure; twin of static/worker/quote.js."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from card.fold import Card
from card.vocabulary import KINDS

Item = dict[str, Any]
SHORT = 80
# Says nothing without its question.
BARE = {"yes", "no", "unknown"}


def with_quotes(card: Card, items: Iterable[Item]) -> list[Item]:
    """The items, each with `of`: the quote of what it speaks about, if that is on the card."""
    items = list(items)
    wanted = {spoken_of(item) for item in items} - {None}
    found = {item["id"]: quote(item) for item in card["timeline"] if item["id"] in wanted} if wanted else {}
    return [{**item, "of": found.get(spoken_of(item))} for item in items]


def spoken_of(item: Item) -> str | None:
    """The id of the entry that this one speaks about."""
    about = next((text for _, field, text in _texts(item) if field["type"] == "entry"), None)
    return about or None


def quote(item: Item) -> dict[str, Any]:
    """What kind of entry it is, the words of its choices, and the beginning of its first text."""
    texts = _texts(item)
    said = [text for _, field, text in texts if field["type"] in ("text", "organisation", "person")]
    return {
        "kind": item["kind"],
        "at": item["at"],
        "choices": [f"choice.{name}.{text}" for name, field, text in texts if _says_something(field) and text in field["choices"]],
        "text": said[0][:SHORT] + ("…" if len(said[0]) > SHORT else "") if said else "",
    }


def _says_something(field: dict[str, Any]) -> bool:
    return field["type"] == "choice" and not BARE.issuperset(field["choices"])


def _texts(item: Item) -> list[tuple[str, dict[str, Any], str]]:
    """The fields of its kind that hold a text, in the order of the form. What came in may hold anything."""
    body = item["body"] if isinstance(item["body"], dict) else {}
    fields = KINDS.get(item["kind"], {"fields": {}})["fields"]
    return [(name, field, body[name]) for name, field in fields.items() if isinstance(body.get(name), str)]
