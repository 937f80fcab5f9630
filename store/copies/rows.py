"""Rows: those of a table as a stream out of one database and into another, and a sum by which two tables are known to be the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, Table, select

from store.copies.refused import Refused
from store.models import Setting

AT_ONCE = 1_000
_OF_NAME = ("epoch", "lives_in")
Row = tuple[Any, ...]


def streamed(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows but the name of the history, a few at a time, as Python's own kinds of values."""
    query = select(table).execution_options(stream_results=True, yield_per=AT_ONCE)
    if table.name == Setting.__tablename__:
        query = query.where(table.c.name.not_in(_OF_NAME))
    with connection.execute(query) as found:
        for row in found:
            yield tuple(row)


def into(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """By PostgreSQL's COPY, in the transaction of this connection."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


@dataclass
class Sum:
    """Of the content of all rows, in whatever order they come: two databases sort texts differently."""

    rows: int = 0
    total: int = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            told = hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest()
            self.rows += 1
            self.total = (self.total + int.from_bytes(told)) % (1 << 256)
            yield row


class Told:
    """Rows as PostgreSQL can have them. It knows no NUL in a text and holds a text to its length; SQLite asks neither. `fixed`: the text is what a
    hash was made over, so nothing may be changed in it.
    """

    def __init__(self, table: Table, fixed: bool) -> None:
        self.table, self.fixed = table, fixed
        self.most = [(place, column.type.length) for place, column in enumerate(table.columns) if isinstance(column.type, String)]
        self.replaced = 0

    def row(self, row: Row) -> Row:
        changed: list[Any] | None = None
        for place, most in self.most:
            value = row[place]
            if value is None:
                continue
            if "\0" in value:
                changed = changed or list(row)
                changed[place] = value = self._without_nul(row, place, value)
            if most is not None and len(value) > most:
                raise Refused(f"{self._where(row, place)} has {len(value)} characters, and PostgreSQL holds {most} there. Nothing was moved.")
        return row if changed is None else tuple(changed)

    def _without_nul(self, row: Row, place: int, value: str) -> str:
        if self.fixed:
            raise Refused(f"{self._where(row, place)} has a NUL in its text, which PostgreSQL cannot hold. Nothing was moved.")
        self.replaced += 1
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")

    def _where(self, row: Row, place: int) -> str:
        columns: Sequence[Any] = list(self.table.columns)
        key = ", ".join(str(row[at]) for at, column in enumerate(columns) if column.primary_key)
        return f"{self.table.name}.{columns[place].name} of {key}"
