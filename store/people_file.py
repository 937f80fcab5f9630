"""A list of people as a file: CSV (RFC 4180) with the columns email, name, function, role and team, as spreadsheets here write it.

Reading is pure: bytes or text in, lines or the reason out. Every line is read by itself, so that one with a quote that never closes spoils no other.
Writing keeps what a spreadsheet would take for a formula from being one (OWASP, "CSV Injection").
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MOST_LINES = 2_000
MOST_BYTES = 1024 * 1024

COLUMNS = ("email", "name", "function", "role", "team")
_CALLED = {
    "email": ("email", "e-mail", "mail", "e-mailadres", "emailadres", "e-mail address"),
    "name": ("name", "naam"),
    "function": ("function", "functie"),
    "role": ("role", "rol"),
    "team": ("team",),
}
_COLUMN = {called: column for column, names in _CALLED.items() for called in names}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Line:
    """One line of the file: its number, what it says by column, and what is wrong with it, if anything."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    wrong: str | None = None


@dataclass(frozen=True)
class Unreadable:
    """Why the file as a whole cannot be read, as a code."""

    code: str


def text_of(content: bytes) -> str | Unreadable:
    """UTF-8, with or without a mark in front; else Windows-1252, which spreadsheets still write."""
    if len(content) > MOST_BYTES:
        return Unreadable("too_large")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        return Unreadable("not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return Unreadable("not_text")


def lines_of(text: str) -> list[Line] | Unreadable:
    """The lines that say something. A first line with names of columns says in which order they come."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return Unreadable("too_large")
    told = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    full = [(number, line) for number, line in enumerate(told, 1) if line.strip(" ;,\t")]
    if not full:
        return Unreadable("empty")
    separator = ";" if full[0][1].count(";") > full[0][1].count(",") else ","
    columns = _columns(_cells(full[0][1], separator) or [])
    body = full[1:] if columns else full
    if not body:
        return Unreadable("empty")
    if len(body) > MOST_LINES:
        return Unreadable("too_many")
    if columns and "email" not in columns:
        return Unreadable("no_email_column")
    return [_line(number, line, separator, columns or COLUMNS) for number, line in body]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what could start one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def written(rows: Iterable[Sequence[str]]) -> str:
    """CSV that spreadsheets open by themselves: with the mark of UTF-8, a semicolon between, every cell safe."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _columns(cells: list[str]) -> list[str] | None:
    """The columns in the order of a heading; None where the first line is no heading. A column we do not know is passed over."""
    named = [_COLUMN.get(cell.strip().lower(), "") for cell in cells]
    known = [name for name in named if name]
    return named if len(known) == len(set(known)) and len(known) >= 2 or known == ["email"] else None


def _line(number: int, line: str, separator: str, columns: Sequence[str]) -> Line:
    cells = _cells(line, separator)
    if cells is None:
        return Line(number, wrong="quote")
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Line(number, wrong="columns")
    values = {column: " ".join(cell.split()) for column, cell in zip(columns, cells, strict=False) if column}
    return Line(number, {column: values.get(column, "") for column in COLUMNS})


def _cells(line: str, separator: str) -> list[str] | None:
    """None for a line whose quotes do not fit."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True), [])
    except csv.Error:
        return None
