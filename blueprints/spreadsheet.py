"""Spreadsheet: a table as a file that a Dutch Excel opens: semicolons and a byte order mark. What it would take for a formula gets a quote before it
(OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator


def as_csv(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield "\ufeff"
    for row in rows:
        told = io.StringIO()
        csv.writer(told, delimiter=";").writerow([cell(value) for value in row])
        yield told.getvalue()


def cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
