"""The access log when a backup is put back. The newest is the one to have: it knows what was purged since, and it only grows.

So the one that is here stays, unless it is missing, damaged, or an earlier part of the backup's.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from store import access_log, access_place
from store.copies.in_use import alone
from store.copies.into_sqlite import aside_of, copied, own_as
from store.copies.make import name_to_disk
from store.copies.manifest import ACCESS, Manifest
from store.database import file_of

_FIRST = "SELECT hash FROM access_line ORDER BY number LIMIT 1"
_LAST = "SELECT number, hash FROM access_line ORDER BY number DESC LIMIT 1"
_AT = "SELECT hash FROM access_line WHERE number = ?"

STAYS = "The access log that is here stays: it is the newest."
OTHER = (
    "The access log that is here stays, and does not go on from the backup's: it was begun anew, or moved away (then say `verify --moved`). "
    "To have the backup's, move this one away and restore again."
)
BACK = "The access log is the backup's."
TOGETHER = "The access log is the backup's, with the lines behind it that were written here since."
ANOTHER = "The access log is the backup's. The one that was here did not go on from it, and is kept with what was here."
ELSEWHERE = "The access log is in a PostgreSQL of its own and stays as it is. If it was lost, its owner puts it back with pg_restore."
NONE_FOR_HERE = "The access log that is here stays: when this backup was made it was elsewhere."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The access log that will be the one, and what is said of it. `new`: made ready for its place `into`."""

    url: str
    say: str
    new: Path | None = None
    into: Path | None = None
    whole: bool = True

    def take_place(self, stamp: str) -> list[str]:
        if self.new is None or self.into is None:
            return []
        kept = aside_of(self.into, stamp, self.whole)
        own_as(self.into, self.new)
        name_to_disk(self.new)
        os.replace(self.new, self.into)
        name_to_disk(self.into.parent)
        return kept


def beside(manifest: Manifest, goes_on: bool) -> str:
    """What is said of it where it is a table beside the cards: it was put back with them, and behind it what was written here since."""
    if ACCESS.values() & manifest.files.keys():
        return NONE_FOR_HERE
    return TOGETHER if goes_on else ANOTHER


@contextmanager
def chosen(backup: Path, manifest: Manifest) -> Iterator[Chosen]:
    here, theirs = file_of(access_log.engine()), backup / ACCESS["sqlite"]
    if here is None or theirs.name not in manifest.files:
        access_place.look()  # It says what was purged since: without it nothing is put back.
        yield Chosen(access_log.engine().url.render_as_string(hide_password=False), ELSEWHERE if here is None else NONE_FOR_HERE)
        return
    with alone(here) as whole:
        pass
    if whole and (stays := _stays(here, theirs)):
        yield Chosen(f"sqlite:///{here}", stays)
        return
    new = here.with_name(f".{here.name}.restoring")
    try:
        new.unlink(missing_ok=True)
        yield Chosen(f"sqlite:///{copied(theirs, new)}", BACK, new, here, whole)
    finally:
        new.unlink(missing_ok=True)


def _stays(here: Path, theirs: Path) -> str | None:
    """Why the one that is here stays; None: it does not."""
    try:
        with closing(sqlite3.connect(here)) as mine, closing(sqlite3.connect(theirs)) as backup:
            if mine.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return None
            first, last = mine.execute(_FIRST).fetchone(), mine.execute(_LAST).fetchone()
            end = backup.execute(_LAST).fetchone()
            if last is None or end is None:
                return None if last is None else STAYS
            if last[0] >= end[0] and mine.execute(_AT, (end[0],)).fetchone() == (end[1],):
                return STAYS
            earlier = backup.execute(_AT, (last[0],)).fetchone() == (last[1],) and backup.execute(_FIRST).fetchone() == first
            return None if earlier else OTHER
    except sqlite3.DatabaseError:
        return None
