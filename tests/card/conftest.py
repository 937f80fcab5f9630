"""The twin: the modules of static/card in a Node process of their own, asked line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


class Twin:
    """`twin("fold", entries)` is what JavaScript makes of it."""

    def __init__(self, bundle: Path) -> None:
        self.process = subprocess.Popen(["node", str(bundle)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, call: str, *given: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        # ASCII on the wire between the two: half a surrogate pair is a thing that tests send too.
        self.process.stdin.write(json.dumps({"call": call, "given": given}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    bundle = tmp_path_factory.mktemp("twin") / "twin.mjs"
    subprocess.run(["node", "scripts/bundle.mjs", "tests/card/twin.mjs", str(bundle)], cwd=ROOT, check=True)
    running = Twin(bundle)
    yield running
    running.process.kill()
