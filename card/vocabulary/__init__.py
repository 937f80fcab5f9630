"""The vocabulary: kinds, fields, choices, situation types and words, as data that Python, JavaScript, forms and docs read.

`kinds.json` follows the table of PROTOCOL ("Kinds on an incident card"); `situations.json` the report's tables 1 and 2;
`begins.json` what a situation of each type asks first; `types.json` what the page of each type of card shows, the type that asks most of
people first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent

KINDS: dict[str, dict[str, Any]] = json.loads((_FOLDER / "kinds.json").read_text("utf-8"))
SITUATIONS: list[dict[str, Any]] = json.loads((_FOLDER / "situations.json").read_text("utf-8"))
TYPES: dict[str, dict[str, Any]] = json.loads((_FOLDER / "types.json").read_text("utf-8"))
BEGINS: dict[str, list[dict[str, str]]] = json.loads((_FOLDER / "begins.json").read_text("utf-8"))
SENSITIVE: dict[str, Any] = json.loads((_FOLDER / "sensitive.json").read_text("utf-8"))
SHARING: dict[str, Any] = json.loads((_FOLDER / "sharing.json").read_text("utf-8"))

# Why what looks medical or criminal may be written for everyone: an optional field of every kind in which people write (docs/access.md).
GROUNDS = ("consent", "vital_interest", "conflict_of_duties", "covenant", "own_task")
WRITTEN = ("text", "texts", "bool_or_text", "override")
for _rule in KINDS.values():
    if not _rule.get("by_server") and any(_field["type"] in WRITTEN for _field in _rule["fields"].values()):
        _rule["fields"]["ground"] = {"type": "choice", "choices": list(GROUNDS)}

AUDIENCES = ("all", "police", "care", "org")
RISK_FOR = ("professional", "client", "surroundings")
LEVELS = ("none", "low", "middle", "high")
OVERDUE_STEPS = (30, 45, 60)
