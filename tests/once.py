"""Nearly every test makes an app of its own, in the same process. What would be compiled again for each of them, templates and addresses, is compiled
once here: that was more than a third of the time of tests over HTTP. What an app does with it is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2
import werkzeug.routing
from flask import Flask

from blueprints import engine

_templates: dict[str, bytes] = {}
_addresses: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


class Kept(jinja2.BytecodeCache):
    """Jinja asks by name and place, and sees by the hash of its source whether it is still the same template."""

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if (kept := _templates.get(bucket.key)) is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        _templates[bucket.key] = bucket.bytecode_to_string()


class Environment(engine.Environment):
    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **{"bytecode_cache": Kept(), **options})


class Rule(werkzeug.routing.Rule):
    """What makes an address out of its parts is a function of the rule as it is written; the converters it finds on the rule itself."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        written = (self.rule, self.subdomain, self.host, repr(self.defaults), self.merge_slashes, append_unknown)
        if written not in _addresses:
            _addresses[written] = super()._compile_builder(append_unknown)
        return _addresses[written]


def compile_once() -> None:
    engine.Environment = Environment
    Flask.url_rule_class = Rule
