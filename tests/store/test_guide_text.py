"""The text of a guide: what is a step, and what is told to its writer instead."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.vocabulary import SITUATIONS
from store.guide_text import NoSteps, read_steps
from store.guides import common

WRITTEN = """# Bij de deur

Dit staat er voor wie de bron leest.

1. **Bel** de portier
   voordat u er [bent](https://example.org).

   Toestel 4000.

   - overdag
   - ook 's nachts
2. Leg <b>wapens</b> in de kluis.

## Binnen

- Ga één voor één.
"""


def test_a_list_is_steps_and_what_is_below_an_item_is_more_about_it() -> None:
    assert read_steps(WRITTEN) == [
        {"text": "Bel de portier voordat u er bent.", "more": "Toestel 4000.\n– overdag\n– ook 's nachts"},
        {"text": "Leg <b>wapens</b> in de kluis.", "more": ""},
        {"text": "Ga één voor één.", "more": ""},
    ]


@pytest.mark.parametrize(
    ("text", "code", "step"),
    [
        ("", "no_list", 0), ("Bel eerst.", "no_list", 0), ("1. Bel\n\nEn dan?\n\n1. Ga", "between", 0), ("1. Bel\n2. ", "empty_step", 2),
        ("1. Bel\n2. ![kaart](x.png)", "not_text", 2), ("```\nrm\n```", "not_text", 0), ("> citaat\n\n1. Bel", "not_text", 0),
        (f"1. {'x' * 201}", "long_step", 1), (f"1. Bel\n\n   {'x' * 601}", "long_more", 1), ("1. Bel\n" * 21, "many_steps", 0),
        ("1. # Kop", "empty_step", 1),
    ],
)  # fmt: skip
def test_what_cannot_be_steps_is_told_with_the_number_of_the_step(text: str, code: str, step: int) -> None:
    assert read_steps(text) == NoSteps(code, step)


lines = st.sampled_from(["1. a", "- b", "\n", "   c", "# d", "<i>", "> e", "```", "![f](g)", "***"])


@given(text=st.text(max_size=200) | st.lists(lines).map("\n".join))
def test_any_text_is_steps_or_a_reason(text: str) -> None:
    told = read_steps(text)
    assert isinstance(told, NoSteps) or all(step["text"] for step in told)


def test_no_text_takes_long_to_read() -> None:
    began = time.monotonic()
    for text in ("[" * 12_000, "*" * 12_000, "- " * 6_000, "> " * 6_000, "1. a\n" * 2_400, "`" * 11_999):
        read_steps(text)
    assert time.monotonic() - began < 5


def test_the_guides_that_come_are_five_with_short_steps_a_source_and_a_last_day() -> None:
    slugs = {slug for context in SITUATIONS for group in context["groups"] for slug in group["types"]}
    assert {guide["id"] for guide in common()} == {"drugs-in-hospital", "sash-outcome", "weapons-at-the-door", "who-drives", "who-may-enter"}
    for guide in common():
        assert guide["situations"], guide["id"]
        assert set(guide["situations"]) <= slugs
        assert "rapport" in guide["source"]
        assert guide["valid_until"] > "2027"
        assert 7 <= len(guide["steps"]) <= 10
        assert max(len(step["text"]) for step in guide["steps"]) <= 130
