"""Prepared: the few statements of every call, made into text once and then handed to the driver as they are.

SQLAlchemy writes the text, for each database in its own words. What it does around every execution is five times the work that SQLite has with
the answer, and a call of one entry executes six. Everything that is asked less often goes through SQLAlchemy as always; both share the
connection and its transaction. Who reads twice and must see the same both times begins a transaction first: a cursor begins none by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.sql.expression import UpdateBase
from sqlalchemy.sql.selectable import SelectBase


class Prepared:
    """A statement with named parameters; a parameter that is expanded (`IN`) gets a list."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, int], tuple[str, Sequence[str] | None]] = {}

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        values, longest = _spread(given)
        text, order = self._text(connection, given, longest)
        cursor = connection.connection.cursor()
        cursor.execute(text, _in_order(values, order))
        found = cast(list[tuple[Any, ...]], cursor.fetchall())
        cursor.close()
        return found

    def do(self, connection: Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Once for each of these."""
        given = list(many)
        text, order = self._text(connection, given[0], 0)
        cursor = connection.connection.cursor()
        cursor.executemany(text, [_in_order(values, order) for values in given])
        cursor.close()

    def _text(self, connection: Connection, given: Mapping[str, Any], longest: int) -> tuple[str, Sequence[str] | None]:
        """The statement in this database's words, and the order in which it takes the values (None: it takes them by name)."""
        kind = (connection.dialect.name, longest)
        if kind not in self._texts:
            compiled = self._statement.compile(dialect=connection.dialect)
            state = compiled.construct_expanded_state({name: _padded(value) for name, value in given.items()})
            self._texts[kind] = (state.statement, state.positiontup)
        return self._texts[kind]


def _spread(given: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The values under the names that the text has for them, and how long the longest list is: `ids` become `ids_1`, `ids_2` ..."""
    values: dict[str, Any] = {}
    longest = 0
    for name, value in given.items():
        if isinstance(value, list):
            padded = _padded(value)
            longest = max(longest, len(padded))
            values.update((f"{name}_{place}", one) for place, one in enumerate(padded, 1))
        else:
            values[name] = value
    return values, longest


def _padded(value: Any) -> Any:
    """A list made as long as a power of two, with its last value: ten texts are then enough for lists of up to a thousand."""
    return [*value, *value[-1:] * ((1 << (len(value) - 1).bit_length()) - len(value))] if isinstance(value, list) else value


def _in_order(values: Mapping[str, Any], order: Sequence[str] | None) -> Any:
    return dict(values) if order is None else [values[name] for name in order]
