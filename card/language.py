"""Language (één taal): words that police and care understand differently, noticed while somebody types (report 3.1.3, 3.2.1, 3.2.3, 4.2.1).

A hint never forbids anything. The words are a book of the shelf (`vocabulary/language.json`, with what the organisation made of it), and a word is

    {"id": "manic", "group": "diagnosis", "match": ["manisch*"], "unless": ["geen manisch*"], "for": "police", "tap": "describe", …}

`match` and `unless` are phrases of plain words, without accents: `*` at the end of a word is any ending, and `..` between two words is up to five
others of the same sentence. What lies in a match of `unless` is no hit. A word of the group `time` is no hit in a sentence with a clock time. What
stands between quotation marks was said by somebody else, and is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

# The kinds in whose texts the two sides read each other, and the fields of those that quote somebody or name who and where.
HINTED = (
    "risk.assessed", "observation.noted", "approach.noted", "picture.set", "plan.set", "agreement.made", "service.requested", "service.acknowledged",
    "service.promised", "service.declined", "service.cancelled", "service.escalated", "handover.offered", "handover.requested",
    "care_report.sent",
)  # fmt: skip
PLAIN = ("says", "who", "by_whom", "service", "referred_to", "to", "call_back", "medication")

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|‘[^’]*’|„[^”]*”')
_MARKS = re.compile(r"[\u0300-\u036f]")
_CLOCK = re.compile(
    r"(?<![0-9])(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?![0-9])(?: ?uur)?"
    r"|(?<!over )(?<!binnen )(?<!al )(?<![0-9])(?:[01]?[0-9]|2[0-3]) ?uur(?![a-z])|\b(?:half|kwart (?:voor|over)) [a-z0-9]+",
    re.ASCII,
)
_TOKEN = re.compile(r"@|[a-z0-9]+|[.!?;\n]")
_PHRASE = re.compile(r"[a-z0-9]+\*?(?: (?:\.\. )?[a-z0-9]+\*?)*")


def hinted(kind: str, name: str) -> bool:
    """Whether a text of this field is looked at."""
    return kind in HINTED and name not in PLAIN


def normal(text: str) -> str:
    """The text as words with a space on either side: no capitals, no accents, no quotations; a clock time is `@`, the end of a sentence `.`."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", _QUOTED.sub(" ", text))).lower()
    tokens = _TOKEN.findall(_CLOCK.sub(" @ ", plain))
    return "".join([" ", *(f"{token if token == '@' or token.isalnum() else '.'} " for token in tokens)])


def is_phrase(text: str) -> bool:
    """Whether this can be looked for: plain words, `*` at the end of a word, `..` between two words."""
    return _PHRASE.fullmatch(text) is not None


def hints(text: str, words: Sequence[Mapping[str, Any]], domain: str) -> list[dict[str, str]]:
    """What in the text the other side may understand differently, in the order of the text, each word once: [{"word": id, "said": "manische"}]."""
    said = normal(text)
    found = [(start, word["id"], said[start:end]) for word in words if word.get("for") in (None, domain) for start, end in _hits(said, word)[:1]]
    return [{"word": word, "said": part} for _, word, part in sorted(found)]


def _hits(said: str, word: Mapping[str, Any]) -> list[tuple[int, int]]:
    spared = _spans(said, word.get("unless", ()))
    return [(start, end) for start, end in _spans(said, word["match"]) if not _is_in(start, end, spared) and not _has_clock(said, start, word)]


def _spans(said: str, phrases: Sequence[str]) -> list[tuple[int, int]]:
    return sorted(match.span(1) for phrase in phrases for match in _pattern(phrase).finditer(said))


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = phrase.replace("*", "[a-z0-9]*").replace(" .. ", "(?: [a-z0-9@]+){0,5} ")
    return re.compile(f"(?<= )(?=({parts}) )")


def _is_in(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in spans)


def _has_clock(said: str, at: int, word: Mapping[str, Any]) -> bool:
    begin, end = said.rfind(" . ", 0, at), said.find(" . ", at)
    return word["group"] == "time" and " @ " in said[max(begin, 0) : len(said) if end < 0 else end + 1]
