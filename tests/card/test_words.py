"""The vocabulary says everything: every kind, field, choice and situation has its word, in Dutch and in English."""

from __future__ import annotations

from pathlib import Path

import pytest

from card.vocabulary import AUDIENCES, KINDS, LEVELS, RISK_FOR, SITUATIONS
from card.vocabulary.labels import words
from scripts.words import page

LANGUAGES = pytest.mark.parametrize("lang", ["nl", "en"])
REQUEST_STATES = ("waiting", "acknowledged", "promised", "arrived", "request_declined", "cancelled")
HANDOVER_STATES = ("offered", "accepted", "released", "declined", "withdrawn", "crossed")
FLAGS = (
    "handover_crossed", "handover_contradicted", "risk_disagreement", "left_while_holding", "closed_with_override", "closing_incomplete",
    "late_entries", "transport_by_police", "arrest_undecided", "arrest_without_report",
)  # fmt: skip
ERRORS = (
    "required", "one_of_these", "wrong", "no_clock_time", "too_large", "malformed", "forbidden", "clock", "unknown_kind", "revoked", "holding",
)  # fmt: skip


@LANGUAGES
def test_every_kind_has_a_word(lang: str) -> None:
    assert [kind for kind in KINDS if f"kind.{kind}" not in words(lang)] == []


@LANGUAGES
def test_every_field_has_a_word_of_its_own_or_shares_one(lang: str) -> None:
    fields = [(kind, name) for kind, rule in KINDS.items() for name in rule["fields"]]
    assert [(kind, name) for kind, name in fields if f"field.{kind}.{name}" not in words(lang) and f"field.{name}" not in words(lang)] == []


@LANGUAGES
def test_every_choice_has_a_word(lang: str) -> None:
    choices = [f"choice.{name}.{choice}" for rule in KINDS.values() for name, field in rule["fields"].items() for choice in field.get("choices", ())]
    assert {f"choice.for.{whom}" for whom in RISK_FOR} | {f"choice.level.{level}" for level in LEVELS} <= set(choices)
    assert [choice for choice in choices if choice not in words(lang)] == []


@LANGUAGES
def test_every_situation_with_its_group_and_context_has_a_word(lang: str) -> None:
    keys = [f"context.{context['slug']}" for context in SITUATIONS]
    keys += [f"group.{group['slug']}" for context in SITUATIONS for group in context["groups"]]
    keys += [f"situation.{slug}" for context in SITUATIONS for group in context["groups"] for slug in group["types"]]
    assert [key for key in keys if key not in words(lang)] == []


@LANGUAGES
def test_every_audience_state_flag_and_error_has_a_word(lang: str) -> None:
    keys = [f"audience.{audience}" for audience in AUDIENCES]
    keys += [f"state.{state}" for state in (*REQUEST_STATES, *HANDOVER_STATES)]
    keys += [f"flag.{flag}" for flag in FLAGS] + [f"error.{code}" for code in ERRORS]
    assert [key for key in keys if key not in words(lang)] == []


@LANGUAGES
def test_the_crisis_service_is_asked_its_questions_in_its_own_order(lang: str) -> None:
    order = ["found", "does", "says", "used", "means", "since"]
    assert list(KINDS["observation.noted"]["fields"])[:6] == order
    assert [name for name in order if f"prompt.observation.noted.{name}" not in words(lang)] == []


@LANGUAGES
def test_no_word_is_about_a_kind_or_field_that_does_not_exist(lang: str) -> None:
    fields = {f"{kind}.{name}" for kind, rule in KINDS.items() for name in rule["fields"]}
    known = fields | {key.rsplit(".", 1)[1] for key in fields} | {"override.reason"}
    said = [key for key in words(lang) if key.startswith(("field.", "prompt."))]
    assert [key for key in said if key.split(".", 1)[1] not in known] == []
    assert [key for key in words(lang) if key.startswith("kind.") and key[5:] not in KINDS] == []


def test_the_page_of_words_is_the_vocabulary_of_today() -> None:
    assert (Path(__file__).parents[2] / "docs" / "words.md").read_text("utf-8") == page()
