"""Which sections an entry changes is said once, in the vocabulary; a section that is not named there would stay as it was on every open screen."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from blueprints import screen
from card.entry import Entry
from card.fold import fold
from card.vocabulary import KINDS, TYPES
from tests.templates.written import frame, written_log

LATE = re.compile(r' <span class="chip chip-late">[^<]*</span>')
LOGS = [number for number in range(60) if number % 5]


def drawn(jinja: Any, seen: dict[str, Any], log: list[Entry]) -> dict[str, str]:
    """Every section of a card. Whether something came late follows from the closing, and is drawn with the section's next change."""
    _, context = screen.sections(frame=seen, card=fold(log), names=screen.SECTIONS)
    return {name: LATE.sub("", jinja(f"card/{name}.html", context)) for name in screen.SECTIONS}


@pytest.mark.parametrize("order", ["as written", "the opening last"])
def test_an_entry_changes_no_section_but_those_that_its_kind_names(jinja, order):
    wrong = set()
    for number in LOGS:
        opening, *rest = written_log(number) or [None]
        if opening is None:
            continue
        log = [opening, *rest] if order == "as written" else [*random.Random(number).sample(rest, len(rest)), opening]
        seen = frame(number)
        before = drawn(jinja, seen, log[:1])
        for length in range(1, len(log)):
            after, kind = drawn(jinja, seen, log[: length + 1]), log[length]["kind"]
            # The bonnet's display is drawn at every change. Without an opening whoever wrote may hold the card, so anything may change that.
            # Who writes for the first time says by that for which organisation they left (card/presence.py).
            first = {"header"} if all(one["by"] != log[length]["by"] for one in log[:length]) else set()
            always = {"display"} if order == "as written" or kind == "card.opened" else {"display", "holding", "handover", "header", "invited"}
            may = {*KINDS[kind]["shows"], *always, *first}
            wrong |= {(kind, name) for name in after if after[name] != before[name] and name not in may}
            before = after
    assert wrong == set()


def test_every_section_that_a_kind_names_is_one():
    assert {name for rule in KINDS.values() for name in rule["shows"]} <= set(screen.SECTIONS)


@pytest.mark.parametrize("type_", TYPES)
def test_who_holds_the_card_leads_to_where_that_moves_on_every_type_of_card(jinja, type_):
    opened = {"situation": TYPES[type_].get("situation", "crisis_assessment"), "place": "Parklaan", "type": type_}
    began = next(one for one in written_log(1) if one["kind"] == "card.opened")
    seen = frame(1)
    seen = {**seen, "viewer": {**seen["viewer"], "org": began["org"]}}
    drawn = jinja(*screen.card(frame=seen, card=fold([{**began, "body": opened}])))
    led = set(re.findall(r'class="holding-who" href="#([^"]+)"', drawn)) | set(re.findall(r'href="#(section-closing)"', drawn))
    assert led <= set(re.findall(r'\bid="([^"]+)"', drawn))
    assert ("holding" in TYPES[type_]["sections"]) == ("section-handover" in led)
    if led:
        assert "kind=handover.offered" in drawn, "whoever holds it can offer it"
        another = next(org for org in seen["organisations"] if org != began["org"])
        other = {**seen, "viewer": {**seen["viewer"], "org": another}}
        assert "kind=handover.requested" in jinja(*screen.card(frame=other, card=fold([{**began, "body": opened}]))), "and who does not can ask"
