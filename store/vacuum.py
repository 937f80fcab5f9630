"""Vacuum: on PostgreSQL what was erased stays in the file of its table until it is cleaned up, which it does by itself, but nobody knows when."""

from __future__ import annotations

from store.models import db


def vacuum() -> None:
    """Of every table that is ours. Nobody waits for it. SQLite overwrites what is erased at once (store/retention.py)."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
