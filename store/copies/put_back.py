"""Put back: a backup becomes what the server works with, under a new name for its history, so that phones give back what the backup lacks.

First everything that can be known is looked at, and nothing is changed: whether the backup is whole, whether this program knows its tables, whether
the server stands still. Then one step makes the new one count: on SQLite the renaming of a file that was made ready beside it, on PostgreSQL the
commit of one transaction. Whoever is stopped before that step has what was there, after it what was put back. What was there keeps another name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from store import access_log, epoch, retention, verify
from store.copies import access_file, into_postgresql, into_sqlite, manifest, revisions
from store.copies.in_use import nobody_connected
from store.copies.manifest import Manifest
from store.copies.refused import Refused
from store.database import file_of, put_away
from store.models import db
from store.verify import Break


@dataclass
class PutBack:
    """What became of it. `access`: what was done with the access log; `kept`: where what was there is now; `erased`: cards purged since."""

    backup: Manifest
    epoch: str = ""
    upgraded: bool = False
    other_secret: bool = False
    access: str = ""
    kept: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    cards: int = 0
    entries: int = 0
    breaks: list[Break] = field(default_factory=list)


def restore(folder: Path, now_ms: int, secret: str, although_connected: bool = False) -> PutBack:
    found = manifest.read(folder)
    if found.engine != db.engine.dialect.name:
        raise Refused(
            f"This is a backup of {_called(found.engine)}, and DATABASE_URL is {_called(db.engine.dialect.name)}. "
            "Restore it on the same kind of database; `flask move` goes from SQLite to PostgreSQL."
        )
    if not revisions.is_known(found.revision):
        raise Refused(f"This backup has tables of a newer Motorkap (revision {found.revision}). Put that version here first, then restore.")
    done = PutBack(found, other_secret=found.secret != manifest.known_by(secret))
    if found.engine == "sqlite":
        _on_sqlite(folder, now_ms, done)
    else:
        _on_postgresql(folder, now_ms, done, although_connected)
    return done


def _stamp(now_ms: int) -> str:
    """In the names of what is kept."""
    return access_log.iso(now_ms)[:19].replace(":", "").replace("-", "").replace("T", "-")


def _on_sqlite(folder: Path, now_ms: int, done: PutBack) -> None:
    """All is done on the file beside it; only then it gets the name."""
    into = file_of(db.engine)
    if into is None:
        raise Refused("DATABASE_URL names no file.")
    put_away()
    with into_sqlite.made_ready(folder, into) as ready, access_file.chosen(folder, done.backup) as access:
        with ready.lived_in(access.url):
            _finish(done, now_ms)
        done.access = access.say
        done.kept += [*access.take_place(_stamp(now_ms)), *ready.take_place(_stamp(now_ms))]
    epoch.forget()


def _on_postgresql(folder: Path, now_ms: int, done: PutBack, although_connected: bool) -> None:
    stamp = _stamp(now_ms)
    if not although_connected:
        nobody_connected(db.engine)
    put_away()
    if access_log.is_beside():
        done.kept, goes_on = into_postgresql.put(folder, stamp)
        done.access = access_file.beside(done.backup, goes_on)
        _finish(done, now_ms)
    else:
        with access_file.chosen(folder, done.backup) as access:
            done.kept = [*access.take_place(stamp), *into_postgresql.put(folder, stamp)[0]]
            done.access = access.say
            _finish(done, now_ms)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _finish(done: PutBack, now_ms: int) -> None:
    """The tables of today, a new name, what was purged since goes again; and whether all holds."""
    done.upgraded = revisions.bring_up_to_date()
    done.epoch = epoch.new_epoch()
    done.erased = retention.keep_purged(now_ms)
    cards, access = verify.cards(), verify.access()
    done.cards, done.entries, done.breaks = cards.cards, cards.entries, [*cards.breaks, *access.breaks]


def _called(engine: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)
