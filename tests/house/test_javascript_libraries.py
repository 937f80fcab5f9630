"""JavaScript of others comes in as it was chosen: by exact version, and with the hash of what was published under it."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_library_comes_by_exact_version_and_with_a_hash() -> None:
    asked = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    named = asked["dependencies"] | asked["devDependencies"]
    assert [name for name, version in named.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    libraries = {name: one for name, one in locked.items() if name}
    assert set(named) <= {name.rpartition("node_modules/")[2] for name in libraries}
    assert [name for name, one in libraries.items() if not one.get("integrity", "").startswith("sha512-")] == []
    assert {name: libraries[f"node_modules/{name}"]["version"] for name in named} == named
