"""The vectors: logs made by hand with the card that both languages must make of them, byte for byte (tests/vectors)."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from card.entry import canonical
from card.fold import fold
from tests.card.conftest import Twin
from tests.vectors.make import VECTORS

FOLDER = Path(__file__).parents[1] / "vectors"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def vector(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_every_vector_is_kept_and_every_file_is_a_vector() -> None:
    assert sorted(made.__name__ for made in VECTORS) == NAMES
    assert [made.__name__ for made in VECTORS if made() != vector(made.__name__)["log"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_python_and_javascript_fold_the_log_to_the_card_that_was_read_by_eye(twin: Twin, name: str) -> None:
    kept = vector(name)
    assert canonical(fold(kept["log"])) == canonical(kept["card"])
    assert twin("fold", kept["log"]).encode() == canonical(kept["card"])


@pytest.mark.parametrize("name", NAMES)
def test_any_order_and_every_entry_twice_give_the_same_card(twin: Twin, name: str) -> None:
    kept = vector(name)
    chance = random.Random(name)
    for _ in range(5):
        log = [*kept["log"], *kept["log"]]
        chance.shuffle(log)
        assert canonical(fold(log)) == canonical(kept["card"])
        assert twin("fold", log).encode() == canonical(kept["card"])
