"""Identifying: does a text name somebody? A name, a date of birth, a BSN, a telephone number or an address where it should not be (report 5.2.3).

It warns and never refuses: a pattern knows no people. What it knows is `vocabulary/identifying.json`, read by both languages.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_KNOWN: dict[str, Any] = json.loads((Path(__file__).parent / "vocabulary" / "identifying.json").read_text("utf-8"))
_ALL_FIRST = "|".join(_KNOWN["first_names"])
_PATTERNS = {what: re.compile(pattern.replace("{first}", _ALL_FIRST), re.ASCII) for what, pattern in _KNOWN["patterns"].items()}


def identifying(text: str) -> list[dict[str, str]]:
    """What in the text looks as if it says who somebody is: of each sort the first, as {what, said}."""
    found = []
    for what, pattern in _PATTERNS.items():
        said = next((match[0] for match in pattern.finditer(text) if what != "bsn" or passes_eleven_test(match[0])), None)
        if said is not None:
            found.append({"what": what, "said": said})
    return found


def passes_eleven_test(said: str) -> bool:
    """Nine digits of which 9 times the first, 8 times the second, ... 2 times the eighth, less the ninth, divide by eleven."""
    digits = [int(character) for character in said if character in "0123456789"]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(digits) == 9 and any(digits) and sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0
