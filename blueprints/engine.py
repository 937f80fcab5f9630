"""The template engine: Jinja2, set up so that the shared templates give the same bytes as what the worker draws (scripts/compile.mjs).

Both get the same filters. They take the language and the names from the context. Differences that are mended here: `None` prints nothing, a
dictionary's own key goes before a method of the same name, missing things may be asked for their parts, and the last newline stays.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask
from flask.templating import Environment as FlaskEnvironment
from jinja2.runtime import Context

from card import clock, vocabulary
from card.heads import by_text
from card.service_request import service_owner
from card.vocabulary import labels

FOLDER = Path(__file__).parent.parent / "templates"
PARTS = ("card", "pages", "server", "people", "privacy", "figures")


class Environment(FlaskEnvironment):
    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def prepare(app: Flask) -> None:
    """To be called before anything else looks at the app's engine: Flask makes it once, and Flask-WTF is among those who look."""
    assert "jinja_env" not in vars(app), "the engine was made already, with other rules"
    app.jinja_environment = Environment
    app.jinja_options = {
        "keep_trailing_newline": True,
        "undefined": jinja2.ChainableUndefined,
        "finalize": lambda value: "" if value is None else value,
    }
    app.jinja_env.filters.update(FILTERS)


@cache
def words(lang: str) -> dict[str, str]:
    """Everything a screen can say in one language: the vocabulary's labels and the texts of screens. Phones know only `card` and `pages`."""
    screens = [json.loads((FOLDER / "words" / f"{part}.{lang}.json").read_text("utf-8")) for part in PARTS]
    return {**labels.words(lang), **{key: text for screen in screens for key, text in screen.items()}}


@jinja2.pass_context
def t(context: Context, key: str, values: dict[str, Any] | None = None) -> str:
    """The text for a key. A key without a text is shown as itself, so that a mistake is seen and nothing breaks."""
    text = words(context.get("lang", "nl")).get(key, key)
    for name, value in (values or {}).items():
        text = text.replace("{" + name + "}", str(value))
    return text


@jinja2.pass_context
def field(context: Context, name: str, kind: str) -> str:
    """What a field is called, on a form of this kind."""
    known = words(context.get("lang", "nl"))
    return known.get(f"field.{kind}.{name}") or known.get(f"field.{name}") or name


@jinja2.pass_context
def prompt(context: Context, name: str, kind: str) -> str:
    return words(context.get("lang", "nl")).get(f"prompt.{kind}.{name}", "")


@jinja2.pass_context
def situation(context: Context, slug: str) -> str:
    """A type of situation in words; other systems may spell it with hyphens, or send one that this one has no words for."""
    plain = slug.replace("-", "_") if isinstance(slug, str) else ""
    return words(context.get("lang", "nl")).get(f"situation.{plain}") or plain.replace("_", " ")


@jinja2.pass_context
def if_then(context: Context, rule: Any) -> str:
    """What a plan does when it turns: a sentence, or from other systems the two halves of one."""
    if not isinstance(rule, dict):
        return rule if isinstance(rule, str) else ""
    return t(context, "plan.if_then", {half: rule[half] if isinstance(rule.get(half), str) else "…" for half in ("if", "then")})


@jinja2.pass_context
def person(context: Context, id_: str) -> str:
    """A person's name; who has no account is called as somebody wrote it down."""
    return str((context.get("people") or {}).get(id_, {}).get("name") or id_ or "")


@jinja2.pass_context
def function(context: Context, id_: str) -> str:
    return str((context.get("people") or {}).get(id_, {}).get("function") or "")


@jinja2.pass_context
def org(context: Context, id_: str) -> str:
    return str((context.get("organisations") or {}).get(id_, {}).get("name") or id_ or "")


@jinja2.pass_context
def service(context: Context, id_: str) -> str:
    """A service's name; of one that this device does not know its organisation's, or what somebody wrote."""
    known = next((one["name"] for one in (context.get("directory") or {}).get("services", ()) if one["id"] == id_), None)
    owner = (context.get("organisations") or {}).get(service_owner(id_ or ""), {}).get("name")
    return str(known or owner or (id_ or "").removeprefix("~"))


@jinja2.pass_context
def domain(context: Context, id_: str) -> str:
    """police or care; empty for an organisation that this device does not know."""
    return str((context.get("organisations") or {}).get(id_, {}).get("domain") or "")


@jinja2.pass_context
def minutes(context: Context, moment: str) -> int:
    """Whole minutes from then until now."""
    return clock.minutes_between(moment, context.get("now", 0))


@jinja2.pass_context
def when(context: Context, moment: str) -> str:
    """The clock time, and the day when it is another day than today."""
    today = clock.day(f"{context.get('now', 0):013d}-")
    return clock.clock(moment) if clock.day(moment) == today else f"{clock.day(moment)} {clock.clock(moment)}"


def ms_clock(moment_ms: int) -> str:
    return clock.clock(f"{moment_ms:013d}-")


def names(body: dict[str, Any], kind: str) -> list[str]:
    """The fields that something says, in the order of its form; then what this version does not know."""
    known = [name for name in vocabulary.KINDS.get(kind, {"fields": {}})["fields"] if name in body]
    return known + sorted((name for name in body if name not in known), key=by_text)


def type_of(name: str, kind: str) -> str:
    """The type of a field of a kind; empty for what this version does not know."""
    return str(vocabulary.KINDS.get(kind, {"fields": {}})["fields"].get(name, {}).get("type", ""))


FILTERS = {
    "type_of": type_of,
    "dated": clock.dated,
    "names": names,
    "ms_clock": ms_clock,
    "t": t,
    "field": field,
    "prompt": prompt,
    "situation": situation,
    "if_then": if_then,
    "person": person,
    "function": function,
    "org": org,
    "service": service,
    "domain": domain,
    "minutes": minutes,
    "when": when,
    "clock": clock.clock,
    "day": clock.day,
}
