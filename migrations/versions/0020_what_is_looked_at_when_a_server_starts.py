"""On PostgreSQL an index of the few lines of the access log that a server looks at when it starts. With SQLite the log gets it by itself.

Revision ID: 0020
Revises: 0019

"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "access_line_to_keep"


def upgrade():
    """Beside what goes on: nobody's line waits while years of lines are read. What broke off half way has the name and is no index: it goes first."""
    if _has_lines():
        with op.get_context().autocommit_block():
            op.execute("SET lock_timeout = 0")
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY {NAME} ON access_line (number) WHERE action IN ('hold', 'hold_lifted', 'not_purged', 'purge')"
            )
            op.execute("RESET lock_timeout")


def downgrade():
    if _has_lines():
        op.execute(f"DROP INDEX IF EXISTS {NAME}")


def _has_lines():
    connection = op.get_bind()
    return connection.dialect.name == "postgresql" and sa.inspect(connection).has_table("access_line")
