"""Language: the words list of an organisation, which is the list that comes with Motorkap and what the organisation made of it.

Nothing is overwritten: the newest counts and older ones stay readable. The words come from `card/vocabulary/language.json`; phones get them as a
book of the shelf, so that no bundle carries them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from store import said
from store.database import writing
from store.edition import edition
from store.models import LanguageWord
from store.seldom import Seldom

Word = dict[str, Any]
Says = dict[str, Any]

COMES: dict[str, Any] = json.loads((Path(__file__).parent.parent / "card" / "vocabulary" / "language.json").read_text("utf-8"))
GROUPS: dict[str, Any] = COMES["groups"]
GROUP_OF = {group["tap"]: name for name, group in GROUPS.items()}
TERM = ("term", "police", "care", "say")
_kept: Seldom[tuple[str, str], tuple[str, dict[str, Any]]] = Seldom()


def standard() -> dict[str, Word]:
    """The words as they come, by id: {id, group, match, unless, for, tap, say: {nl, en}, source}."""
    return {word["id"]: _whole(word) for word in COMES["words"]}


def _whole(word: Word) -> Word:
    group = GROUPS[word["group"]]
    return {"unless": [], "for": None, "tap": group["tap"], "say": group["say"], **word}


def book(organisation: str, lang: str) -> dict[str, Any]:
    """The book `language` of the shelf in one language (`nl` or `en`): {"words", "taps", "glossary"}, with a text where the file has two."""
    return _of(organisation, lang)[1]


def current_edition(organisation: str, lang: str) -> str:
    return _of(organisation, lang)[0]


def words(organisation: str) -> list[Word]:
    """Every word, also those that are switched off (`off`); `own` where the organisation changed or added it."""
    told = _newest(organisation)
    comes = [_adapted(word, told.get(name, {})) for name, word in standard().items()]
    return comes + [_adapted({"id": name, "source": ""}, says) for name, says in told.items() if name not in standard() and says]


def _adapted(word: Word, says: Says) -> Word:
    """The word with what the organisation says of it: `match`, `unless`, `for`, `tap`, `say` (a text), or `off`."""
    if not says:
        return {**word, "off": False, "own": False}
    own: Word = {name: says[name] for name in ("match", "unless", "for", "tap") if name in says}
    if "say" in says:
        own["say"] = {"nl": says["say"], "en": says["say"]}
    if "tap" in own:
        own["group"] = GROUP_OF[own["tap"]]
    return {**word, **own, "off": bool(says.get("off")), "own": True}


def say(organisation: str, word: str, says: Says, by: str, now_ms: int) -> None:
    """From now on this; empty is the word as it comes, and for a word of one's own: gone."""
    with writing() as connection:
        said.add(connection, LanguageWord.word, word, says, organisation, by, now_ms)
    _kept.forget()


def switch_off(organisation: str, word: str, by: str, now_ms: int) -> None:
    """No hint for this word. What the organisation made of it stays, for when it is switched on again."""
    say(organisation, word, {**_newest(organisation).get(word, {}), "off": True}, by, now_ms)


def history(organisation: str, word: str) -> list[dict[str, Any]]:
    """What it said before, newest first: [{"says", "when_ms", "by"}]."""
    return said.history(LanguageWord.word, organisation, word)


def _newest(organisation: str) -> dict[str, Says]:
    return said.newest(LanguageWord.word, organisation)


def _of(organisation: str, lang: str) -> tuple[str, dict[str, Any]]:
    known = _kept.known()
    if (organisation, lang) not in known:
        shown = ("id", "group", "match", "unless", "for", "tap")
        told = [{**{name: word[name] for name in shown if word[name]}, "say": word["say"][lang]} for word in words(organisation) if not word["off"]]
        taps = {name: {**{part: tap[part] for part in ("kind", "more", "at")}, "label": tap[lang]} for name, tap in COMES["taps"].items()}
        terms = [{"id": one["id"], **{part: one[part][lang] for part in TERM}} for one in COMES["glossary"]]
        content = {"words": told, "taps": taps, "glossary": terms}
        known[organisation, lang] = (edition(content), content)
    return known[organisation, lang]
