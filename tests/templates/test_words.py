"""The words on the screen: both languages say everything, every word that is asked for is there, and none is there that nobody asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from blueprints import engine
from blueprints.engine import PARTS
from card import vocabulary
from card.vocabulary import labels

TEMPLATES = Path(__file__).parents[2] / "templates"
HOLE = re.compile(r"\{(\w+)\}")
ASKED = re.compile(r'"([a-z_]+(?:\.[a-z_0-9]+)*)"')
MADE = re.compile(r'(?:"|f")([a-z_]+(?:\.[a-z_]+)*\.)(?:"\s*~|\{)')


def said(part: str, lang: str) -> dict[str, str]:
    return json.loads((TEMPLATES / "words" / f"{part}.{lang}.json").read_text("utf-8"))


def source() -> str:
    python = [path for folder in ("blueprints", "export") for path in (TEMPLATES.parent / folder).glob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in [*TEMPLATES.rglob("*.html"), *python])


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_have_the_same_words(part):
    dutch, english = said(part, "nl"), said(part, "en")
    assert dutch.keys() == english.keys()
    assert [key for key in dutch if set(HOLE.findall(dutch[key])) != set(HOLE.findall(english[key]))] == []
    assert [key for lang in (dutch, english) for key, text in lang.items() if not text.strip()] == []


def test_the_vocabulary_has_the_same_words_in_both_languages():
    assert labels.words("nl").keys() == labels.words("en").keys()


def test_no_word_is_in_two_catalogues():
    catalogues = [labels.words("nl"), *(said(part, "nl") for part in PARTS)]
    keys = [key for catalogue in catalogues for key in catalogue]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


def test_every_word_that_a_template_asks_for_is_there():
    keys = {key for path in TEMPLATES.rglob("*.html") for key in ASKED.findall(path.read_text("utf-8")) if "." in key}
    others = {*vocabulary.KINDS, "override.duties", "override.reason"}
    assert sorted(key for key in keys - others if key not in engine.words("nl") and not key.endswith(".html")) == []


def test_every_word_of_the_screens_is_asked_for():
    text = source()
    asked, made = set(ASKED.findall(text)), tuple(set(MADE.findall(text)))
    asked |= {f"page.home.between{rule['page']}" for rule in vocabulary.TYPES.values() if "page" in rule}
    unused = [key for part in PARTS for key in said(part, "nl") if key not in asked and not key.startswith(made)]
    assert unused == []


def test_every_kind_that_people_write_has_a_title_for_its_form():
    kinds = [kind for kind, rule in vocabulary.KINDS.items() if not rule.get("by_server") and kind != "card.opened"]
    assert [kind for kind in kinds if f"form.title.{kind}" not in engine.words("nl")] == []
