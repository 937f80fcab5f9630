"""Address: the same front door in other spellings, and 75 metres (card/address.py)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.address import EARTH_M, address_of, same_address, within_reach
from tests.card.conftest import Twin

SAME = (
    ("Dorpsstraat 12, 3511 AB Utrecht", "3511ab 12"),
    ("Dorpsstraat 12a, 3511 AB Utrecht", "3511AB 12 A"),
    ("Dorpsstraat 12-a", "dorpsstraat 12 A"),
    ("Dorpsstraat 12-3, Utrecht", "Dorpsstraat 12 3"),
    ("  DORPSSTRAAT  012 ", "Dorpsstraat 12"),
    ("Kade 12 te Vianen", "Kade 12, Vianen"),
    ("Café 't Hoekje", "cafe t hoekje"),
    ("Opvang De Haven", "opvang de haven"),
    ("1e Oosterparkstraat 5", "1e oosterparkstraat 5"),
)
OTHER = (
    ("Dorpsstraat 12", "Dorpsstraat 12a"),
    ("Dorpsstraat 12 a", "Dorpsstraat 12 b"),
    ("Dorpsstraat 12", "Dorpsstraat 14"),
    ("Dorpsstraat 12, 3511 AB", "Dorpsstraat 12, 3512 AB"),
    ("Dorpsstraat 12", "Kerkstraat 12"),
    ("Dorpsstraat 12, Utrecht", "Dorpsstraat 12, Vianen"),
    ("Dorpsstraat 12, 3511 AB Utrecht", "Dorpsstraat 12 te Vianen"),
    ("3511 AB Utrecht", "3512 XY Utrecht"),
    ("Dorpsstraat 12, tweede etage", "Dorpsstraat 12, Utrecht"),
    ("3511 AB", "Dorpsstraat 12"),
    ("", ""),
    ("...", "-"),
    ("Opvang De Haven", "Opvang De Kade"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_door_in_another_spelling(one: str, other: str) -> None:
    assert same_address(one, other)
    assert same_address(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_door(one: str, other: str) -> None:
    assert not same_address(one, other)
    assert not same_address(other, one)


def north_of(lat: float, lng: float, metres: float) -> dict[str, float]:
    return {"lat": lat + math.degrees(metres / EARTH_M), "lng": lng}


@pytest.mark.parametrize(("metres", "near"), [(0, True), (74, True), (76, False), (5000, False)])
def test_within_seventy_five_metres_is_here(metres: float, near: bool) -> None:
    here = {"lat": 52.0907, "lng": 5.1214}
    east = {"lat": 52.0907, "lng": 5.1214 + math.degrees(metres / EARTH_M) / math.cos(math.radians(52.0907))}
    assert within_reach(here, north_of(52.0907, 5.1214, metres)) == near
    assert within_reach(here, east) == near


def test_nowhere_is_near_nothing() -> None:
    assert not within_reach({"lat": None, "lng": None}, {"lat": None, "lng": None})
    assert not within_reach({"lat": 52, "lng": 5}, {"lat": "52", "lng": 5})


typed = st.text(st.sampled_from("abz ABZ 0123459 -,./é'\u0130\u212aß\n"), max_size=24) | st.text(max_size=12)


@given(typed, typed)
def test_both_read_an_address_alike(twin: Twin, one: str, other: str) -> None:
    assert twin("addressOf", one) == address_of(one)
    assert twin("sameAddress", one, other) == same_address(one, other)


spellings = st.sampled_from(["3511 AB", "3511ab", "3511AB"])


@given(st.integers(1, 9999), st.sampled_from(["", "a", "B", "3"]), st.sampled_from([" ", "-", "  "]), spellings)
def test_a_postcode_and_a_number_are_a_door_however_they_are_typed(number: int, addition: str, between: str, postcode: str) -> None:
    typed_so = f"{postcode}, {number}{between if addition else ''}{addition}"
    assert same_address(typed_so, f"Dorpsstraat {number} {addition} 3511AB Utrecht")
    assert not same_address(typed_so, f"{number + 1} {addition} 3511AB")
