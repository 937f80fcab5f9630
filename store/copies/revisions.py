"""Revisions: which tables a database has, by the number of its last migration, and which this program knows."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from flask_migrate import upgrade  # type: ignore[import-untyped]
from sqlalchemy import Engine

from store import schema
from store.models import db


def newest() -> str:
    return schema.known()[0]


def is_known(revision: str) -> bool:
    return revision in schema.known()[1]


def of(engine: Engine) -> str:
    """Empty where no migration ever ran."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def bring_up_to_date() -> bool:
    """The tables of the database at hand become those of this program. Whether something was to be done."""
    if of(db.engine) == newest():
        return False
    upgrade(directory=str(schema.FOLDER))
    return True
