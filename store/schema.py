"""Schema: how the tables of the database stand to this version of Motorkap.

A database that is ahead is fine: in a rolling upgrade the tables are upgraded first, while the version before still serves
(docs/deploy.md). One that is behind is not: what this version writes may have no column yet.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from store.database import looking

FOLDER = Path(__file__).parent.parent / "migrations"
_AT = text("SELECT version_num FROM alembic_version")


@cache
def known() -> tuple[str, frozenset[str]]:
    """The newest revision of this version, and all that it knows. Read once: it is what was installed."""
    scripts = ScriptDirectory(str(FOLDER))
    head = scripts.get_current_head()
    assert head, "there are migrations"
    return head, frozenset(script.revision for script in scripts.walk_revisions())


def standing() -> str:
    """`current`, `ahead`, `behind`, or `none` where there are no tables yet. A database that does not answer raises."""
    head, revisions = known()
    try:
        with looking() as connection:
            at = set(connection.scalars(_AT))
    except DatabaseError as problem:
        if _no_such_table(problem):
            return "none"
        raise
    if not at:
        return "none"
    return "current" if head in at else "ahead" if at - revisions else "behind"


def _no_such_table(problem: DatabaseError) -> bool:
    return getattr(problem.orig, "sqlstate", None) == "42P01" or "no such table" in str(problem.orig)
