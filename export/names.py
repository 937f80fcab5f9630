"""Names: who everybody on a card is, for what goes out. Who has no account is called as somebody wrote it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from export.document import Party, Writer


@dataclass(frozen=True)
class Names:
    """`words`: what fields and choices are called; `people` and `organisations` by id, as the reader knows them."""

    words: Mapping[str, str]
    people: Mapping[str, Mapping[str, str]]
    organisations: Mapping[str, Mapping[str, Any]]

    def word(self, key: str) -> str:
        return self.words.get(key, key)

    def field(self, name: str, kind: str) -> str:
        return self.words.get(f"field.{kind}.{name}") or self.words.get(f"field.{name}") or name

    def party(self, org: str) -> Party:
        return Party(org, str(self.organisations.get(org, {}).get("name") or org))

    def writer(self, item: Mapping[str, Any]) -> Writer:
        known = self.people.get(item["by"], {})
        return Writer(item["by"], known.get("name") or item["by"], known.get("function") or "", self.party(item["org"]))
