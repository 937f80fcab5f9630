"""Card type: what a card is now, and what it was before (card/card_type.py)."""

from __future__ import annotations

from card.card_type import on_home, sections_of
from card.entry import Entry
from card.fold import fold
from card.vocabulary import KINDS, TYPES
from tests.card.logs import CARD, entry_id


def entry(number: int, kind: str, body: dict[str, object], supersedes: tuple[int, ...] = ()) -> Entry:
    return {
        "id": entry_id(number), "card": CARD, "kind": kind, "at": f"{1_795_486_000_000 + number:013d}-0000-7f3a9c21", "by": "jan", "org": "noord",
        "device": "7f3a9c21", "audience": "all", "supersedes": [entry_id(one) for one in supersedes], "body": dict(body),
    }  # fmt: skip


def opened(**said: object) -> Entry:
    return entry(0, "card.opened", {"situation": "worry", "place": "Dorpsstraat 1", **said})


def test_a_card_is_an_incident_unless_its_opening_says_otherwise() -> None:
    assert fold([opened()])["types"] == ["incident"]
    assert fold([opened(type="visit")])["types"] == ["visit"]
    assert fold([])["types"] == ["incident"]


def test_a_card_that_turned_is_what_it_became_and_keeps_what_it_was() -> None:
    card = fold([opened(type="consultation"), entry(1, "card.turned", {"into": "plan"}), entry(2, "card.turned", {"into": "incident"}, (1,))])
    assert card["type"] == "incident"
    assert card["types"] == ["incident", "plan", "consultation"]
    assert on_home(card)


def test_of_turnings_that_did_not_see_each_other_the_incident_counts_whatever_the_clocks_say() -> None:
    both = [entry(1, "card.turned", {"into": "incident"}), entry(2, "card.turned", {"into": "visit"})]
    assert fold([opened(type="consultation"), *both])["type"] == "incident"
    assert fold([opened(type="consultation"), *both[::-1]])["type"] == "incident"


def test_a_page_shows_the_sections_of_its_type_and_those_of_before_that_stay(monkeypatch) -> None:
    monkeypatch.setitem(TYPES["plan"], "stays", ["safety"])
    turned = [opened(type="plan"), entry(1, "card.turned", {"into": "visit"})]
    assert sections_of(fold(turned)) == {*TYPES["visit"]["sections"], "safety"}
    assert not on_home(fold(turned))


def test_every_type_that_a_card_can_be_opened_as_or_turn_into_has_a_page() -> None:
    assert set(KINDS["card.opened"]["fields"]["type"]["choices"]) == set(TYPES)
    assert set(KINDS["card.turned"]["fields"]["into"]["choices"]) <= set(TYPES)
