"""Every route there is, from the URL map: whoever adds one is tested without adding it anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from tests.cast import new_id


@dataclass(frozen=True)
class Way:
    method: str
    endpoint: str
    path: str
    door: str


def ways(app: Flask, given: Mapping[str, str] | None = None, methods: tuple[str, ...] = ("GET", "POST")) -> Iterator[Way]:
    """Each route with each of its methods; `given` says what stands in an address, and what it does not say names nobody and nothing."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            door = str(getattr(app.view_functions[rule.endpoint], "door", ""))
            yield from (Way(method, rule.endpoint, path_of(app, rule, given or {}), door) for method in methods if method in (rule.methods or ()))


def path_of(app: Flask, rule: Rule, given: Mapping[str, str]) -> str:
    values = {name: given.get(name) or new_id() for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})))
