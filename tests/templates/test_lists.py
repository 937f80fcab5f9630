"""An empty list is nothing to Jinja2 and something on a phone: a template that both draw asks how long a list is, and never whether it is there."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
BUILD = (TEMPLATES.parent / "scripts" / "templates.mjs").read_text()
ONLY_FLASK = set(re.findall(r'"(\w+)"', BUILD[BUILD.index("const ONLY_FLASK") :].partition("]")[0]))
LISTED = re.compile(r"{%-? for [\w, ]+ in ([\w.]+)")
WHETHER = re.compile(r"{%-? if (?:not )?([\w.]+) %}")


def test_no_template_of_the_phone_asks_whether_a_list_is_there() -> None:
    assert {"login", "joint"} <= ONLY_FLASK
    shared = [path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0].removesuffix(".html") not in ONLY_FLASK]
    assert len(shared) > 50
    written = {str(path.relative_to(TEMPLATES)): path.read_text() for path in shared}
    asked = {name: set(LISTED.findall(text)) & set(WHETHER.findall(text)) for name, text in written.items()}
    assert {name: lists for name, lists in asked.items() if lists} == {}
