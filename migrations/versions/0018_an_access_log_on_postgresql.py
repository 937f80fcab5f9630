"""On PostgreSQL the access log is a table beside the cards, that only grows. With SQLite it is a file of its own, which makes itself.

Revision ID: 0018
Revises: 0017

"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TRIGGERS = (
    "CREATE OR REPLACE FUNCTION access_line_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the access log only grows'; END $$",
    "CREATE TRIGGER access_line_stays BEFORE UPDATE OR DELETE ON access_line FOR EACH ROW EXECUTE FUNCTION access_line_only_grows()",
    "CREATE TRIGGER access_line_is_not_emptied BEFORE TRUNCATE ON access_line EXECUTE FUNCTION access_line_only_grows()",
)
LENGTHS = {"at": 24, "person": 200, "name": 200, "org": 200, "role": 20, "device": 40, "ip": 45, "action": 40, "card": 36, "opened_by": 200}


def upgrade():
    connection = op.get_bind()
    if connection.dialect.name != "postgresql" or sa.inspect(connection).has_table("access_line"):
        return
    op.create_table(
        "access_line",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in LENGTHS.items()),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    for name, column in (("card", "card"), ("org", "org"), ("opener", "opened_by"), ("person", "person")):
        op.create_index(f"access_line_by_{name}", "access_line", [column, "number"])
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade():
    """A log of who saw what is not thrown away by a step back: it stays, and the step up finds it."""
