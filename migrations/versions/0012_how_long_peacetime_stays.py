"""How long what is kept in peacetime stays after the last that was written on it

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-25 20:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(sa.Column("quiet_days", sa.Integer(), server_default="365", nullable=False))


def downgrade():
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_column("quiet_days")
