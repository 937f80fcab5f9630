"""Words that police and care understand differently: which sentences get a hint, in Python and in JavaScript (sentences.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.language import HINTED, PLAIN, hinted, hints, is_phrase, normal
from card.vocabulary import KINDS
from tests.card.conftest import Twin

HERE = Path(__file__).parent
SENTENCES: list[dict[str, Any]] = json.loads((HERE / "sentences.json").read_text("utf-8"))
COMES: dict[str, Any] = json.loads((HERE.parents[1] / "card" / "vocabulary" / "language.json").read_text("utf-8"))
WORDS: list[dict[str, Any]] = COMES["words"]


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence["text"])
def test_a_sentence_gets_these_hints_and_no_others(twin: Twin, sentence: dict[str, Any]) -> None:
    found = hints(sentence["text"], WORDS, sentence["by"])
    assert [hint["word"] for hint in found] == sentence["hints"]
    assert twin("hints", sentence["text"], WORDS, sentence["by"]) == found


def test_the_table_is_long_enough_and_has_every_word_and_as_many_misses() -> None:
    assert len(SENTENCES) >= 60
    assert len({sentence["text"] + sentence["by"] for sentence in SENTENCES}) == len(SENTENCES)
    assert {word["id"] for word in WORDS} <= {hint for sentence in SENTENCES for hint in sentence["hints"]}
    assert len([sentence for sentence in SENTENCES if not sentence["hints"]]) >= 30


def test_a_hint_says_what_it_is_about() -> None:
    assert hints("De PSYCHOTISCHE vrouw komt zo. Wacht even", WORDS, "care") == [
        {"word": "psychotic", "said": "psychotische"},
        {"word": "soon", "said": "komt zo"},
        {"word": "moment", "said": "wacht even"},
    ]


WORDLIKE = ["zo", "om", "14:30", "9.05 uur", "half een", "Verwárde", "agressief", "opnemen", "contact", ".", "\n", '"', "“", "”", "İ", "ﬁ", "ß"]
some_text = st.text(max_size=40) | st.lists(st.sampled_from(WORDLIKE), max_size=12).map(" ".join)


@given(text=some_text, domain=st.sampled_from(["police", "care"]))
def test_both_read_any_text_alike(twin: Twin, text: str, domain: str) -> None:
    assert twin("normal", text) == normal(text)
    assert twin("hints", text, WORDS, domain) == hints(text, WORDS, domain)


@given(text=st.text(alphabet="ab1* .é'\n", max_size=12))
def test_both_take_the_same_phrases(twin: Twin, text: str) -> None:
    assert twin("isPhrase", text) == is_phrase(text)


def test_every_word_that_comes_can_be_looked_for_and_leads_somewhere() -> None:
    for word in WORDS:
        assert [phrase for phrase in [*word["match"], *word.get("unless", [])] if not is_phrase(phrase)] == [], word["id"]
        assert word["group"] in COMES["groups"]
        assert word.get("for") in (None, "police", "care")
        assert word["source"]
    for group in COMES["groups"].values():
        assert group["tap"] == "" or group["tap"] in COMES["taps"]
    for tap in COMES["taps"].values():
        asked = dict(part.split("=") for part in tap["more"].split("&") if part)
        fields = KINDS[tap["kind"]]["fields"]
        assert {name: value for name, value in asked.items() if value not in fields[name]["choices"]} == {}


def test_both_languages_say_everything() -> None:
    texts = [word["say"] for word in WORDS if "say" in word] + [group["say"] for group in COMES["groups"].values()]
    texts += [one[part] for one in COMES["glossary"] for part in ("term", "police", "care", "say")]
    assert all(text["nl"].strip() and text["en"].strip() for text in texts)


def test_hints_are_for_what_others_read_and_not_for_what_somebody_says(twin: Twin) -> None:
    assert set(HINTED) <= set(KINDS)
    assert hinted("observation.noted", "does")
    assert hinted("risk.assessed", "note")
    assert not hinted("observation.noted", "says"), "these are the words of the person"
    assert not hinted("card.closed", "outcome")
    for kind in KINDS:
        for name in (*KINDS[kind]["fields"], *PLAIN):
            assert twin("hinted", kind, name) == hinted(kind, name)
