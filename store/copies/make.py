"""Make: a backup of everything, of one moment, while the server runs (SQLite's own backup, or pg_dump).

It is made under another name, is on the disk, and gets its name last: what has that name is whole. The access log is copied after the cards,
so that it knows at least everything that the cards know (`store/access_log.py`, 3).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from store import access_log
from store.copies import manifest, programs, revisions
from store.copies.manifest import ACCESS, CARDS, Manifest
from store.copies.refused import Refused
from store.database import file_of, hold_still
from store.models import Card, EntryRow, Setting, db

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
SCHEMA = "public"
_SPARE_BYTES = 16 * 1024 * 1024
_IN_TABLES = text("SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")


def version() -> str:
    """Of this program, from its own folder: in a container it is copied and not installed, so no package says it."""
    return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])


def backup(folder: Path, now_ms: int, secret: str, instead: bool = False) -> Manifest:
    """A backup in this folder, which is not there yet; `instead`: of the one that is there."""
    revision = revisions.of(db.engine)
    if not revision:
        raise Refused("There is nothing to back up: this database has no tables of Motorkap. `flask db upgrade` makes them.")
    _may_become(folder, instead)
    with _being_made(folder) as begun:
        room_for(_size(), begun)
        told = {**_cards(begun), **({} if access_log.is_beside() else _access(begun))}
        names = sorted(one.name for one in begun.iterdir())
        made = Manifest(
            version(), db.engine.dialect.name, revision, str(told["epoch"]), access_log.iso(now_ms),
            int(told["cards"]), int(told["entries"]), int(told["lines"]), manifest.known_by(secret), manifest.of_files(begun, names),
        )  # fmt: skip
        manifest.write(begun, made)
        _give_name(begun, folder)
    return made


def room_for(bytes_: int, there: Path) -> None:
    free = shutil.disk_usage(there).free
    if free < bytes_ + _SPARE_BYTES:
        raise Refused(f"No room: this takes about {bytes_ / 1e6:,.0f} MB, and {there.parent} has {free / 1e6:,.0f} MB free.")


def to_disk(folder: Path) -> None:
    """What is in this folder, and that it is there, survives a power cut from here on."""
    for one in [*folder.iterdir(), folder]:
        name_to_disk(one)


def name_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _may_become(folder: Path, instead: bool) -> None:
    if not folder.parent.is_dir():
        raise Refused(f"{folder.parent} is not there.")
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / manifest.NAME).is_file():
        raise Refused(f"{folder} is there already and is no backup. Name a folder that is not there yet.")
    if not instead:
        raise Refused(f"{folder} is a backup already. Name another folder, or say --force to put this one in its place.")


@contextmanager
def _being_made(folder: Path) -> Iterator[Path]:
    """A folder beside it, for its owner alone, gone when this ends; also what was left by a backup that was killed."""
    begun = folder.with_name(f".{folder.name}.being-made")
    try:
        begun.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(begun, os.O_RDONLY)
    except OSError as problem:
        raise Refused(f"The backup was not made: {problem}.") from problem
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in begun.iterdir():
            left.unlink()
        yield begun
    except BlockingIOError as problem:
        raise Refused(f"Another backup to {folder} is being made.") from problem
    except (OSError, sqlite3.Error) as problem:
        shutil.rmtree(begun, ignore_errors=True)
        raise Refused(f"The backup was not made: {problem}.") from problem
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def _give_name(begun: Path, folder: Path) -> None:
    to_disk(begun)
    older = folder.with_name(f".{folder.name}.older")
    shutil.rmtree(older, ignore_errors=True)
    if (folder / manifest.NAME).exists():
        folder.rename(older)
    begun.rename(folder)
    name_to_disk(folder.absolute().parent)
    shutil.rmtree(older, ignore_errors=True)


def _size() -> int:
    engines = [db.engine] if access_log.is_beside() else [db.engine, access_log.engine()]
    return sum(_size_of(engine) for engine in engines)


def _size_of(engine: Engine) -> int:
    """Of SQLite the file; what PostgreSQL has in its tables is packed, to a half or less."""
    file = file_of(engine)
    if file is not None:
        return sum(one.stat().st_size for one in (file, file.with_name(file.name + "-wal")) if one.exists())
    with engine.connect() as connection:
        return int(connection.scalar(_IN_TABLES) or 0) // 2


def _cards(begun: Path) -> dict[str, str | int]:
    file = file_of(db.engine)
    if file is None:
        return _dumped(db.engine, begun / CARDS["postgresql"])
    copy_sqlite(file, begun / CARDS["sqlite"])
    return _counted(begun / CARDS["sqlite"])


def _access(begun: Path) -> dict[str, str | int]:
    file = file_of(access_log.engine())
    if file is None:
        return _dumped(access_log.engine(), begun / ACCESS["postgresql"], "--table", f"{SCHEMA}.access_line")
    access_log.head()  # It makes itself when it is asked something: a server that was never started has none.
    copy_sqlite(file, begun / ACCESS["sqlite"])
    return _counted(begun / ACCESS["sqlite"])


def copy_sqlite(source: Path, target: Path) -> None:
    """All of it, as it is at one moment, also when somebody writes meanwhile (sqlite.org/backup.html): one step, because a step sees one moment."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise Refused(f"{source} is damaged: {said}. Keep it, and the backups that you have.")


_COUNTS = {
    "cards": select(func.count()).select_from(Card),
    "entries": select(func.count()).select_from(EntryRow),
    "epoch": select(func.coalesce(func.max(Setting.value), "")).where(Setting.name == "epoch"),
    "lines": select(func.count()).select_from(access_log.lines),
}
_OF = {"cards": Card.__tablename__, "entries": EntryRow.__tablename__, "epoch": Setting.__tablename__, "lines": access_log.lines.name}


def _counted(file: Path) -> dict[str, str | int]:
    with closing(sqlite3.connect(file)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        asked = {what: str(query.compile(compile_kwargs={"literal_binds": True})) for what, query in _COUNTS.items() if _OF[what] in tables}
        return {what: connection.execute(query).fetchone()[0] for what, query in asked.items()}


def _dumped(engine: Engine, target: Path, *which: str) -> dict[str, str | int]:
    """By pg_dump, of the same moment as what is counted."""
    dump = programs.program("pg_dump", engine)
    with engine.connect() as connection:
        hold_still(connection)
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # It waits for as long as pg_dump takes.
        if connection.scalar(text("SELECT current_schema()")) != SCHEMA:
            raise Refused(f"The tables must be in the schema {SCHEMA}: nothing else is copied.")
        moment = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        told = [*(which or ("--schema", SCHEMA)), "--snapshot", moment, "--no-password", "--format", "custom", "--file", str(target)]
        programs.run([dump, *told], engine)
        return _counted_in(connection)


def _counted_in(connection: Connection) -> dict[str, str | int]:
    tables = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    return {what: connection.scalar(query) or 0 for what, query in _COUNTS.items() if _OF[what] in tables}
