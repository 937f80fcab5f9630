"""Elsewhere: the same program, for a while, on another database than the one it is set up with. So a copy is made ready beside what is in use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate  # type: ignore[import-untyped]
from sqlalchemy import Engine

from store import access_log
from store.copies.revisions import MIGRATIONS
from store.database import prepare
from store.models import db


@contextmanager
def living_at(cards: str, access: str) -> Iterator[None]:
    """Until this ends `db` is the database at these addresses. Its connections are closed then, so that SQLite leaves one file."""
    other = Flask(__name__)
    other.config.update(SQLALCHEMY_DATABASE_URI=cards, SQLALCHEMY_BINDS={access_log.BIND: access})
    db.init_app(other)
    Migrate(other, db, directory=str(MIGRATIONS), render_as_batch=True)
    with other.app_context():
        prepare(db.engine)
        access_log.prepare(access_log.engine())
        try:
            yield
        finally:
            put_away()


def put_away() -> None:
    """No connection of this program is open after this; the next question opens one."""
    for engine in db.engines.values():
        engine.dispose()


def file_of(engine: Engine) -> Path | None:
    """The file that a database is, where it is one."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def one_database() -> bool:
    """Whether the access log is a table beside the cards."""
    return access_log.engine().url == db.engine.url
