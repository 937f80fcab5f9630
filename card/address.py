"""Address: whether two people who each typed where they are mean the same front door. Without a network and without anybody's register.

By postcode and house number where both say them; otherwise by street and house number, as people say them on the street, and by the town where both
name one. A letter or a number after the house number is another door: 12a is not 12. What has no house number is compared whole. Rather no match than
the wrong one: what was agreed about one door is nobody's business at another.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

REACH_M = 75
EARTH_M = 6_371_000

_MARKS = re.compile("[\u0300-\u036f]")
_POSTCODE = re.compile(r"(?<![0-9a-z])([1-9][0-9]{3}) ?([a-z]{2})(?![0-9a-z])", re.ASCII)
_TO = re.compile(r"^(?:te|in) (?=.)")
_HOUSE = re.compile(r"(?<![0-9a-z])([0-9]{1,5})(?: ?([a-z]|(?<= )[0-9]{1,4}))?(?![0-9a-z])", re.ASCII)


def address_of(text: str) -> dict[str, str]:
    """`{"postcode", "house", "street", "town"}`; empty where it does not say that. House: number and addition, "12 a"."""
    plain = _plain(text)
    found = _POSTCODE.search(plain)
    rest = f"{plain[: found.start()]} {plain[found.end() :]}" if found else plain
    house = _house_in(rest)
    street = rest[: house.start()] if house else rest
    return {
        "postcode": f"{found[1]}{found[2]}" if found else "",
        "house": f"{int(house[1])} {house[2] or ''}".strip() if house else "",
        "street": street.strip(),
        "town": _TO.sub("", rest[house.end() :].strip()) if house else "",
    }


def _house_in(text: str) -> re.Match[str] | None:
    """The first number that something stands before, or else the first: a street can begin with one (1e Oosterparkstraat)."""
    found = list(_HOUSE.finditer(text))
    return next((one for one in found if text[: one.start()].strip()), found[0] if found else None)


def same_address(one: str, other: str) -> bool:
    """Whether both say the same place. Nothing is the same as nothing said."""
    a, b = address_of(one), address_of(other)
    if a["house"] != b["house"]:
        return False
    if a["postcode"] and b["postcode"] and (a["postcode"] != b["postcode"] or a["house"]):
        return a["postcode"] == b["postcode"]
    towns = {one["town"] for one in (a, b)} - {""}
    return a["street"] != "" and a["street"] == b["street"] and len(towns) < 2


def within_reach(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two things with `lat` and `lng` in degrees are at most 75 m apart, over the sphere (haversine)."""
    places = [one.get("lat"), one.get("lng"), other.get("lat"), other.get("lng")]
    if any(isinstance(place, bool) or not isinstance(place, int | float) for place in places):
        return False
    lat, lng, to_lat, to_lng = (math.radians(place) for place in places)  # type: ignore[arg-type]
    half = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lng - lng) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half))) <= REACH_M


def _plain(text: str) -> str:
    """Small letters without marks; everything that is no letter or number is one space."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return " ".join(part for part in re.split(r"[^a-z0-9]+", bare) if part)
