"""Writes docs/words.md from the vocabulary: the kinds of entries, their fields and choices, and the words for them in Dutch and English."""

from __future__ import annotations

from pathlib import Path

from card.vocabulary import KINDS, SITUATIONS
from card.vocabulary.labels import words

NL, EN = words("nl"), words("en")


def both(key: str, fallback: str | None = None) -> str:
    """The two words for a key, as two cells."""
    return " | ".join(said.get(key, said.get(fallback or "", "")) for said in (NL, EN))


def kinds() -> list[str]:
    lines = ["## Entries and their fields", ""]
    for kind, rule in KINDS.items():
        lines += [f"### `{kind}`", "", f"Report: {rule['source']}. Subject: {rule.get('subject', 'none')}.", ""]
        lines += ["| | Dutch | English |", "|---|---|---|", f"| `{kind}` | {both(f'kind.{kind}')} |"]
        for name, field in rule["fields"].items():
            star = " (required)" if field.get("required") else ""
            lines.append(f"| `{name}`{star} | {both(f'field.{kind}.{name}', f'field.{name}')} |")
            lines += [f"| `{name}`: `{choice}` | {both(f'choice.{name}.{choice}')} |" for choice in field.get("choices", ())]
        lines.append("")
    return lines


def situations() -> list[str]:
    lines = ["## Situation types", "", "From the report's tables 1 and 2.", "", "| | Dutch | English |", "|---|---|---|"]
    for context in SITUATIONS:
        lines.append(f"| **`{context['slug']}`** (report {context['source']}) | {both('context.' + context['slug'])} |")
        for group in context["groups"]:
            lines.append(f"| *`{group['slug']}`* | {both('group.' + group['slug'])} |")
            lines += [f"| `{slug}` | {both('situation.' + slug)} |" for slug in group["types"]]
    return [*lines, ""]


def page() -> str:
    top = ["# Words", "", "Made by `make docs` from `card/vocabulary/`. Change the words there, not here.", ""]
    return "\n".join([*top, *situations(), *kinds()])


if __name__ == "__main__":
    Path("docs/words.md").write_text(page(), "utf-8")
