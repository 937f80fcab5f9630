"""Elsewhere: the same program, for a while, on another database than the one it is set up with. So a copy is made ready beside what is in use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import Migrate  # type: ignore[import-untyped]

from store import access_log
from store.database import prepare, put_away
from store.models import db
from store.schema import FOLDER


@contextmanager
def living_at(cards: str, access: str) -> Iterator[None]:
    """Until this ends `db` is the database at these addresses. Its connections are closed then, so that SQLite leaves one file."""
    other = Flask(__name__)
    other.config.update(SQLALCHEMY_DATABASE_URI=cards, SQLALCHEMY_BINDS={access_log.BIND: access})
    db.init_app(other)
    Migrate(other, db, directory=str(FOLDER), render_as_batch=True)
    with other.app_context():
        prepare(db.engine)
        access_log.prepare(access_log.engine())
        try:
            yield
        finally:
            put_away()
