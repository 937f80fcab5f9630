"""docs/security.md cannot rot: the tests, modules and decisions that it names are there, and its threats are twelve."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
PAGES = ("docs/security.md", "docs/privacy.md", "SECURITY.md")
THREATS = re.split(r"^### ", PAGE.partition("## The twelve threats")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
ROWS = ["what happens", "control", "test", "left"]
TEST = re.compile(r"`(tests/[^`]+?)::([^`]+)`")
FILE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|js|mjs|json|toml|lock|sh))`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def test_there_are_twelve_threats_and_each_says_what_holds_it_what_proves_that_and_what_is_left() -> None:
    assert [int(threat.partition(".")[0]) for threat in THREATS] == list(range(1, 13))
    for threat in THREATS:
        said = dict(re.findall(r"^\| ([a-z ]+) \| (.+) \|$", threat, re.MULTILINE))
        assert list(said) == ROWS, threat
        assert FILE.search(said["control"]), threat
        assert TEST.search(said["test"]), threat


@pytest.mark.parametrize(("file", "name"), sorted(set(TEST.findall(PAGE))))
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    assert (ROOT / file).is_file(), f"{file} is not there"
    assert name in names_in(file), f"{file} has no such test"


@cache
def names_in(file: str) -> set[str]:
    text = (ROOT / file).read_text()
    if file.endswith(".mjs"):
        return set(re.findall(r'^test\("([^"]+)"', text, re.MULTILINE))
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_page_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    assert [name for name in FILE.findall(text) if not (ROOT / name).is_file()] == []
    assert [link for link in LINK.findall(text) if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_address_of_somebody_who_may_exist_is_given(page: str) -> None:
    found = re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+", (ROOT / page).read_text())
    assert [one for one in found if not one.endswith(".example")] == []
