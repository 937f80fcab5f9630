"""What a template means on a phone (scripts/compile.mjs) is what Jinja2 means; what it has no meaning for there is refused when it is built."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask

from blueprints import engine

ROOT = Path(__file__).parents[2]
CONTEXT = {
    "label": "out & side",
    "rows": [{"name": "<a>", "parts": ["x", "y"]}, {"name": "b", "parts": []}, {}],
    "nil": None,
    "kind": "k'",
    "text": 'a"b',
}
BESIDE = {
    "seen.html": "[{{ label }} {{ row.name }}]",
    "base.html": "<{% block one %}1{% endblock %}|{% block two %}2{% endblock %}>",
    "parts.html": """{% macro mark(text, style="plain", more="") %}<i class="{{ style }}">{{ text }}{{ more }}</i>{% endmacro %}
{%- macro twice(text) %}{{ mark(text) }}{{ mark(text, "bold", label) }}{% endmacro %}""",
}
MEANT = {
    "a name made in a loop ends with it": "{% for row in rows %}{% set label = row.name %}{{ label }},{% endfor %}{{ label }}",
    "a name that is not made after all": "{% if nil %}{% set label = 1 %}{% endif %}{{ label }}",
    "a name made again in a loop within": """{% for row in rows %}{% set label = row.name %}
{% for one in row.parts %}{% set label = one %}{{ label }}{% else %}-{% endfor %}{{ label }}{% endfor %}""",
    "which turn": """{% for row in rows %}{{ loop.index }}{% if loop.first %}first{% endif %}{{ loop.length }}
{% for one in row.parts %}{{ loop.revindex }}{% if not loop.last %}, {% endif %}{% endfor %}{% endfor %}""",
    "who is included sees what was made": """{% for row in rows %}{% set label = row.name %}{% include "seen.html" %}{% endfor %}
{% include "seen.html" %}""",
    "macros": """{% from "parts.html" import mark, twice with context %}{{ twice(text) }}{{ mark(kind) if kind else text }}""",
    "what a macro said is markup": """{% from "parts.html" import mark with context %}{% set said = mark(text) %}{{ said }}{{ mark(mark(kind)) }}""",
    "blocks": """{% extends "base.html" %}{% block one %}{{ text }}{% endblock %} nobody's {{ text }}""",
    "joined": """{{ "a" ~ kind ~ 1 }}{{ nil or text }}{{ "yes" if rows | length > 2 and rows[1]["name"] != "c" }}""",
    "within": """{% for row in rows %}{% if "x" in row.parts %}in{% elif not row.name %}nameless{% else %}out{% endif %}{% endfor %}""",
    "what code would read as its own": """`${text}` \\n \\ {{ "a\\\\b" }} $""" + "{x}",
    "what is missing": "{{ nil.a.b }}{{ nothing.at.all }}{{ rows[7].name }}{% for x in nothing %}{{ x }}{% else %}empty{% endfor %}",
    "whitespace": "a \n{%- if text %}  b\n{% endif -%} \n c {#- said to nobody -#} d\n",
}
REFUSED = {
    "a filter of Jinja2 alone": ("{{ text | urlencode }}", "urlencode"),
    "a loop over pairs": ("{% for a, b in rows %}{% endfor %}", "a loop over pairs"),
    "a call of no macro": ("{{ range(3) }}", "a call of range"),
    "an argument by name": ("""{% from "parts.html" import mark with context %}{{ mark(text, more="x") }}""", "KeywordArgs"),
    "an import without context": ("""{% from "parts.html" import mark %}""", "an import without its context"),
    "a piece of page as a name": ("{% set a %}x{% endset %}", "this kind of set"),
    "another question about a turn": ("{% for a in rows %}{{ loop.previtem }}{% endfor %}", "loop.previtem"),
}


def drawn_by_phone(sources: dict[str, str]) -> Any:
    asked = json.dumps({"sources": {**BESIDE, **sources}, "contexts": dict.fromkeys(sources, CONTEXT)})
    done = subprocess.run(["node", "tests/templates/compiled.mjs"], cwd=ROOT, input=asked, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def by_phone() -> Any:
    return drawn_by_phone(MEANT)


@pytest.fixture(scope="module")
def by_server() -> jinja2.Environment:
    app = Flask(__name__)
    engine.prepare(app)
    return app.jinja_env.overlay(loader=jinja2.DictLoader({**BESIDE, **MEANT}), autoescape=True)


@pytest.mark.parametrize("name", MEANT)
def test_a_template_means_the_same_on_a_phone(name: str, by_phone: Any, by_server: jinja2.Environment) -> None:
    assert by_phone[name] == by_server.get_template(name).render(CONTEXT)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_on_a_phone_is_refused_when_it_is_built(name: str) -> None:
    source, why = REFUSED[name]
    assert why in drawn_by_phone({"strange.html": source})["error"]
