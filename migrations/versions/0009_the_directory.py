"""The directory of services, with the pages and contacts of organisations

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-25 16:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "directory_said",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("when_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("directory_said", schema=None) as batch_op:
        batch_op.create_index("directory_said_about", ["what", "organisation", "about"], unique=False)


def downgrade():
    op.drop_table("directory_said")
