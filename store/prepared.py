"""Prepared: the few statements of every call, made into text once and then handed to the driver as they are.

SQLAlchemy writes the text, for each database in its own words. What it does around every execution is five times the work that SQLite has with
the answer, and a call of one entry executes six. Everything that is asked less often goes through SQLAlchemy as always; both share the
connection and its transaction. Who reads twice and must see the same both times holds still first (`store/database.py`): a cursor begins nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.expression import UpdateBase
from sqlalchemy.sql.selectable import SelectBase


@dataclass(frozen=True, slots=True)
class _Text:
    """The statement in one database's words, the order in which it takes its values (None: by name), and values that are always the same."""

    words: str
    order: Sequence[str] | None
    always: dict[str, Any]

    def values(self, given: Mapping[str, Any]) -> Any:
        values = {**self.always, **given} if self.always else given
        return dict(values) if self.order is None else [values[name] for name in self.order]


class Prepared:
    """A statement with named parameters; a parameter that is expanded (`IN`) gets a list."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, int], _Text] = {}

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return list(self.each(connection, given))

    def asked(self, connection: Connection, given: Mapping[str, Any]) -> Callable[[], list[tuple[Any, ...]]]:
        """Asks now and reads when what this returns is called, once: several questions so wait for their answers together
        (`pipelined` of store/database.py).
        """
        cursor = self._cursor(connection, given)

        def rows() -> list[tuple[Any, ...]]:
            try:
                return cast(list[tuple[Any, ...]], cursor.fetchall())
            finally:
                cursor.close()

        return rows

    def each(self, connection: Connection, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The rows one by one, for who may stop before the last."""
        cursor = self._cursor(connection, given)
        try:
            yield from cast(Iterable[tuple[Any, ...]], cursor)
        finally:
            cursor.close()

    def _cursor(self, connection: Connection, given: Mapping[str, Any]) -> DBAPICursor:
        text, values = self._text(connection, given)
        cursor = connection.connection.cursor()
        cursor.execute(text.words, text.values(values))
        return cursor

    def do(self, connection: Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Once for each of these."""
        given = list(many)
        text, _ = self._text(connection, given[0])
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(text.words, [text.values(values) for values in given])
        finally:
            cursor.close()

    def _text(self, connection: Connection, given: Mapping[str, Any]) -> tuple[_Text, dict[str, Any]]:
        values, longest = _spread(given)
        kind = (connection.dialect.name, longest)
        if kind not in self._texts:
            padded = {name: _padded(value) if isinstance(value, list) else value for name, value in given.items()}
            state = self._statement.compile(dialect=connection.dialect).construct_expanded_state(padded)
            always = {name: value for name, value in state.parameters.items() if name not in values}
            self._texts[kind] = _Text(state.statement, state.positiontup, always)
        return self._texts[kind], values


def _spread(given: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The values under the names that the text has for them (`ids` become `ids_1`, `ids_2` ...), and how long the longest list is."""
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


def _padded(values: list[Any]) -> list[Any]:
    """As long as a power of two, with its last value again: ten texts are then enough for lists of up to a thousand."""
    return [*values, *values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))]
