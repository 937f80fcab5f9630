"""Said: what people filled in and answered, as the rows of a document; what they did not say is named as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from card.clock import clock, dated, day
from card.vocabulary import KINDS
from export.document import Section
from export.names import Names

FINAL = "final"


def status_of(known: str, item: Mapping[str, Any]) -> str:
    """A document that was final and was corrected since is amended."""
    return "amended" if known == FINAL and item["corrections"] else known


def part(item: Mapping[str, Any], title: tuple[str, str], fields: Iterable[str], names: Names, before: Iterable[tuple[str, str]] = ()) -> Section:
    """One part of SBAR with these fields of an entry; `title`: its code, and what it is called. `before`: rows that go before them."""
    body, kind, first = item["body"], item["kind"], tuple(before)
    rows = {name: text(kind, name, body.get(name), names) for name in fields}
    told = [(names.field(name, kind), said) for name, said in rows.items() if said]
    unsaid = [names.field(name, kind) for name, said in rows.items() if not said]
    nothing = names.word("handover.not_said")
    missing = [(nothing, "\n".join(f"{name}?" for name in unsaid))] if unsaid and (told or first) else []
    return Section(title[0], title[1], (*first, *told, *missing), f"{nothing} {', '.join(unsaid)}")


def text(kind: str, name: str, value: object, names: Names) -> str:
    """What a field says in words; empty where nothing was said."""
    if not isinstance(value, str) or not value.strip():
        return ""
    field = KINDS[kind]["fields"][name]
    if field.get("choices"):
        return names.word(f"choice.{name}.{value}")
    return dated(value) if field["type"] == "date" else value


def signed(said: Mapping[str, Any], words: str, names: Names) -> str:
    writer = names.writer(said)
    by = f"{day(said['at'])} {clock(said['at'])}, {writer.name}, {writer.party.name}"
    return f"{words}\n({by})" if words else by


def corrections(item: Mapping[str, Any], names: Names) -> Iterable[tuple[str, str]]:
    for said in item["corrections"]:
        yield names.word("card.corrected"), signed(said, said["text"], names)
