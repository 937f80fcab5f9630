"""A form becomes the body of an entry: the vocabulary says how, and what cannot be read is named at its field."""

from __future__ import annotations

from typing import Any

import pytest

from card.form import read_form
from tests.vectors.make import BEGIN_MS, entry_id


def body(kind: str, **fields: list[str]) -> dict[str, Any]:
    read, errors = read_form(kind, {name.replace("__", "."): texts for name, texts in fields.items()}, BEGIN_MS)
    assert errors == {}
    return read


def errors(kind: str, **fields: list[str]) -> dict[str, str]:
    return read_form(kind, {name.replace("__", "."): texts for name, texts in fields.items()}, BEGIN_MS)[1]


def test_texts_are_trimmed_and_what_is_empty_is_left_out() -> None:
    assert body("observation.noted", found=["  staat op straat \n"], says=[" "], does=[""]) == {"found": "staat op straat"}


def test_what_the_vocabulary_does_not_know_is_left_out() -> None:
    assert body("picture.set", problem=["x"], colour=["blue"], csrf_token=["y"]) == {"problem": "x"}


def test_a_clock_time_becomes_an_instant() -> None:
    made = {"what": ["bellen"], "who": ["Jan"]}
    assert body("agreement.made", **made, until=["20:15"])["until"] == "2026-11-24T19:15:00Z"
    assert body("agreement.made", **made, until=["2026-11-24T20:15:00+01:00"])["until"] == "2026-11-24T20:15:00+01:00"


@pytest.mark.parametrize(("kind", "field"), [("visit.logged", "on"), ("contact.visited", "on"), ("contact.known", "since")])
def test_a_day_on_which_something_was_is_not_yet_to_come(kind: str, field: str) -> None:
    days = ("2025-01-06", "2026-11-24", "2026-11-25", "2031-05-05")
    assert [errors(kind, **{field: [day]}).get(field) for day in days] == [None, None, "day_ahead", "day_ahead"]


@pytest.mark.parametrize("said", ["straks", "25:00", "half negen", "8", "20:15 uur"])
def test_words_are_no_clock_time(said: str) -> None:
    assert errors("agreement.made", what=["bellen"], who=["Jan"], until=[said]) == {"until": "no_clock_time"}


def test_what_is_required_is_asked_for_at_its_field() -> None:
    assert errors("risk.assessed", level=["high"]) == {"for": "required"}
    assert errors("picture.set", problem=["  "]) == {"problem": "required"}
    assert errors("service.promised", request=[entry_id(1)]) == {"until": "required"}


def test_one_of_several_is_asked_for_at_the_first() -> None:
    assert errors("observation.noted", note=["alleen dit"]) == {"found": "one_of_these"}
    assert errors("observation.noted", since=["gisteren"]) == {}


def test_the_police_are_asked_why_they_drive() -> None:
    assert errors("transport.chosen", by=["police"]) == {"reason": "required"}
    assert errors("transport.chosen", by=["ambulance"]) == {}


def test_a_choice_that_is_none_is_wrong() -> None:
    assert errors("risk.assessed", **{"for": ["client"]}, level=["extreme"], facts=["weapon", "rain"]) == {"level": "wrong", "facts": "wrong"}


def test_more_than_people_read_on_a_phone_is_too_large() -> None:
    assert errors("alarm.raised", note=["x" * 501]) == {"note": "too_large"}
    assert errors("alarm.raised", note=["\U0001f600" * 500]) == {}, "counted in characters and not in bytes"
    assert errors("plan.set", plan=["x"], if_then=["y"] * 11) == {"if_then": "too_large"}
    assert errors("card.closed", outcome=["x"], override__reason=["y" * 2001], override__duties=[entry_id(1)]) == {"override": "too_large"}


def test_a_form_asks_for_something_where_an_entry_may_do_without() -> None:
    assert errors("approach.noted") == {"looks": "one_of_these"}
    assert errors("approach.noted", by_whom=["zijn zus"]) == {}


def test_several_of_a_name_are_a_list_and_one_value_is_the_last() -> None:
    assert body("risk.assessed", **{"for": ["client"]}, level=["low", "high"], facts=["weapon", "fire"]) == {
        "for": "client",
        "level": "high",
        "facts": ["weapon", "fire"],
    }
    assert body("plan.set", plan=["Praten"], if_then=["Als hij loopt, dan volgen", " ", "Als hij slaat, dan weg"])["if_then"] == [
        "Als hij loopt, dan volgen",
        "Als hij slaat, dan weg",
    ]


@pytest.mark.parametrize(("ticked", "value"), [(["on"], True), (["true"], True), (["false", "true"], True), (["false"], False)])
def test_a_box_is_ticked_or_not(ticked: list[str], value: bool) -> None:
    assert body("handover.accepted", offer=[entry_id(1)], release=ticked)["release"] is value


def test_domicile_is_yes_no_or_an_address() -> None:
    assert [body("report.decided", will=["yes"], domicile=[said])["domicile"] for said in ("true", "false", "Bureau Noord")] == [
        True,
        False,
        "Bureau Noord",
    ]


def test_a_place_on_the_map_is_two_numbers() -> None:
    opening = {"situation": ["nuisance"], "place": ["Kruispunt"]}
    assert body("card.opened", **opening, lat=["52.37"], lng=["-4"]) == {"situation": "nuisance", "place": "Kruispunt", "lat": 52.37, "lng": -4}
    assert errors("card.opened", **opening, lat=["north"], lng=["181"]) == {"lat": "wrong", "lng": "wrong"}


def test_closing_over_duties_names_them_and_says_why() -> None:
    closing = {"outcome": ["Naar huis"], "override__duties": [entry_id(1), entry_id(2)]}
    assert body("card.closed", **closing, override__reason=[" Met dochter mee "])["override"] == {
        "reason": "Met dochter mee",
        "duties": [entry_id(1), entry_id(2)],
    }
    assert errors("card.closed", **closing) == {"override": "required"}
    assert body("card.closed", outcome=["Naar huis"], override__reason=[" "]) == {"outcome": "Naar huis"}
