"""Revisions: which tables a database has, by the number of its last migration, and which this program knows."""

from __future__ import annotations

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade  # type: ignore[import-untyped]
from sqlalchemy import Engine

from store.models import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def newest() -> str:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def is_known(revision: str) -> bool:
    return revision in {one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def of(engine: Engine) -> str:
    """Empty where no migration ever ran."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def bring_up_to_date() -> bool:
    """The tables of the database at hand become those of this program. Whether something was to be done."""
    if of(db.engine) == newest():
        return False
    upgrade(directory=str(MIGRATIONS))
    return True
