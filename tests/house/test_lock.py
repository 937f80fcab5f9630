"""What is installed is what was locked: requirements.lock fits pyproject.toml, names no place to fetch from, and knows every file by its hash.

When a test here fails after a change in pyproject.toml, `make lock` was forgotten.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = [Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]
LOCK = (ROOT / "requirements.lock").read_text()


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """Every library in the lock, with its hashes."""
    lines = re.sub(r"\\\n\s*", "", LOCK).splitlines()
    found = {}
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            pin, *hashes = line.split("--hash=")
            one = Requirement(pin.strip())
            found[canonicalize_name(one.name)] = (one, [text.strip() for text in hashes])
    return found


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_has_every_library_that_the_project_asks_for_in_a_version_that_fits(asked: Requirement) -> None:
    pinned, _ = locked()[canonicalize_name(asked.name)]
    (version,) = (one.version for one in pinned.specifier)
    assert asked.specifier.contains(version, prereleases=True), f"{asked} but locked is {version}: make lock"
    assert pinned.marker is None, "on every machine"


def test_every_library_in_the_lock_has_one_version_and_is_known_by_its_hashes() -> None:
    assert len(locked()) > len(ASKED)
    for name, (pinned, hashes) in locked().items():
        assert [one.operator for one in pinned.specifier] == ["=="], name
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), name


def test_the_lock_files_say_what_and_not_from_where() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, told in packages.items() if "resolved" in told] == []
    assert [name for name, told in packages.items() if name and not told.get("integrity")] == []
