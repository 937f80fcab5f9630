"""Twins: every module of card/ has one in static/card/, with the same public names in the same order."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = {file.stem: file for file in (ROOT / "card").glob("*.py") if file.stem != "__init__"} | {
    "vocabulary": ROOT / "card" / "vocabulary" / "__init__.py"
}
JAVASCRIPT = {file.stem: file for file in (ROOT / "static" / "card").glob("*.js")}
TYPES_ONLY = {"Entry", "Guide", "Membership", "Item", "Card", "Flag", "Fields", "Notice", "Rule"}


def test_every_module_has_its_twin() -> None:
    assert set(PYTHON) == set(JAVASCRIPT)


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_both_have_the_same_public_names_in_the_same_order(name: str) -> None:
    assert [plain(public) for public in in_python(PYTHON[name])] == [plain(public) for public in in_javascript(JAVASCRIPT[name])]


def in_python(file: Path) -> list[str]:
    """What a module defines and does not hide: functions, classes and values. Names that only say a type have no twin."""
    names = []
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if not name.startswith("_") and name not in TYPES_ONLY]


def in_javascript(file: Path) -> list[str]:
    text = file.read_text()
    found = re.findall(r"^export (?:(?:async )?function|class|const) (\w+)|^export \{ ([\w, ]+) \}", text, re.M)
    return [name for one, several in found for name in (one, *several.split(", ")) if name]


def plain(name: str) -> str:
    return name.replace("_", "").lower()
