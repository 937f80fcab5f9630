"""At which times an organisation is asked whether somebody it missed is back, and which cards miss somebody

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-25 20:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_MISSING = sa.text("kind = 'missing.reported'")
TIMES = {"remind_begins": "07:00", "remind_ends": "23:00"}


def upgrade():
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remind_every_min", sa.Integer(), server_default="60", nullable=False))
        for name, time in TIMES.items():
            batch_op.add_column(sa.Column(name, sa.String(length=5), server_default=time, nullable=False))
    op.create_index("entry_of_missing", "entry", ["card"], sqlite_where=OF_MISSING, postgresql_where=OF_MISSING)


def downgrade():
    op.drop_index("entry_of_missing", table_name="entry")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        for name in ("remind_ends", "remind_begins", "remind_every_min"):
            batch_op.drop_column(name)
