"""On PostgreSQL an index of when entries were received, by ranges: whether any was by a clock that ran ahead (store/furthest.py). SQLite has one
process, which knows its own clock.

Revision ID: 0021
Revises: 0020

"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    if _has_several_processes():
        with op.get_context().autocommit_block():
            op.execute("SET lock_timeout = 0")
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS entry_received")
            op.execute("CREATE INDEX CONCURRENTLY entry_received ON entry USING brin (received)")
            op.execute("RESET lock_timeout")


def downgrade():
    if _has_several_processes():
        op.execute("DROP INDEX IF EXISTS entry_received")


def _has_several_processes():
    return op.get_bind().dialect.name == "postgresql"
