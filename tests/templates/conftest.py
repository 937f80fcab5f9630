"""Both template engines, set up as the two servers have them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import create_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, dict[str, Any]], str]:
    """The engine as the assembled app has it."""
    app = create_app({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path_factory.mktemp('jinja') / 'none.sqlite'}"})
    return lambda template, context: app.jinja_env.get_template(template).render(context)


@pytest.fixture(scope="session")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The screens and the engine of the worker, bundled as the phone gets them; a list of screens in, a list of drawn screens out."""
    folder = tmp_path_factory.mktemp("phone")
    bundle = folder / "screens.mjs"
    subprocess.run(["node", "scripts/bundle.mjs", "tests/templates/screens.mjs", str(bundle)], cwd=ROOT, check=True)

    def draw(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        (folder / "asked.json").write_text(json.dumps(asked))
        subprocess.run(["node", str(bundle), str(folder / "asked.json"), str(folder / "drawn.json")], cwd=ROOT, check=True, timeout=120)
        drawn: list[dict[str, Any]] = json.loads((folder / "drawn.json").read_text())
        return drawn

    return draw
