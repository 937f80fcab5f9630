"""Anonymous: nothing that anybody typed, nobody, no place and no moment is left of a card that people learn from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given

from card.entry import Entry
from card.gathered import Gathered
from card.vocabulary import KINDS
from review.anonymous import KNOWN, anonymous
from tests.card.logs import logs
from tests.review.crossing import DOMAINS, OFFICER, TRIAGIST, crossing

TOKEN = re.compile(r"\w{3,}")
# What stays of a card is what the vocabulary and this telling itself say.
TOLD = (
    "who", "side", "letter", "number", "police", "care", "other", "minute", "minutes", "facts", "left_out", "field", "choices", "after", "lines",
    "kind", "type", "situation", "true", "false", "null",
)  # fmt: skip
FIXED = {token.lower() for token in TOKEN.findall(json.dumps(KINDS))} | {*TOLD, *KNOWN}


def texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for inner in thing.values():
            yield from texts(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from texts(inner)


def tokens(log: list[Entry]) -> set[str]:
    """All that could give somebody away: what was typed, who and which organisation wrote, with what, when, and the ids."""
    said = (text for entry in log for part in ("body", "by", "org", "device", "id", "card", "at") for text in texts(entry[part]))  # type: ignore[literal-required]
    return {token.lower() for text in said for token in TOKEN.findall(text)}


def left(log: list[Entry], domains: dict[str, str]) -> set[str]:
    told = {token.lower() for token in TOKEN.findall(json.dumps(anonymous(Gathered(log), domains), ensure_ascii=False))}
    return (told & tokens(log)) - FIXED - {token for token in told if token.isdigit()}


@given(log=logs())
def test_of_whatever_history_no_word_is_left(log: list[Entry]) -> None:
    domains = {entry["org"]: "police" for entry in log}
    assert left(log, domains) == set()
    assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d", json.dumps(anonymous(Gathered(log), domains)))


def test_of_the_crossing_no_word_is_left_and_its_course_is() -> None:
    log = crossing().entries
    assert left(log, DOMAINS) == set()
    told = anonymous(Gathered(log), DOMAINS)
    assert (told["situation"], told["minutes"]) == ("crisis_assessment", 134)
    refused = next(line for line in told["lines"] if line["kind"] == "service.declined")
    assert (refused["minute"], refused["who"]) == (21, {"side": "care", "letter": "B", "number": 1})
    assert {"field": "reason", "choices": ["under_influence"]} in refused["facts"]
    late = next(line for line in told["lines"] if line["kind"] == "service.promised")
    assert {"field": "until", "after": 75} in late["facts"]
    assert sum(line["left_out"] for line in told["lines"]) > 5


def test_whoever_writes_twice_is_the_same_person_and_colleagues_differ() -> None:
    told = anonymous(Gathered(crossing().entries), DOMAINS)
    who = [line["who"] for line in told["lines"] if line["kind"] in ("card.opened", "presence.arrived")]
    assert who[0] == who[1] == {"side": "police", "letter": "A", "number": 1}
    assert who[2] == {"side": "police", "letter": "A", "number": 2}
    assert OFFICER != TRIAGIST


def test_a_situation_that_somebody_made_up_is_not_told() -> None:
    log: Any = [{**crossing().entries[0], "body": {"situation": "ruzie-bij-de-familie-jansen", "place": "Kade 12"}}]
    assert anonymous(Gathered(log), DOMAINS)["situation"] is None
