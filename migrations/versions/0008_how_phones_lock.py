"""How phones lock, and the way back into what they keep sealed

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-25 11:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def rules():
    return (
        sa.Column("pin_required", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("pin_idle_min", sa.Integer(), server_default="5", nullable=False),
        sa.Column("locked_alarm", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("locked_bonnet", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def upgrade():
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        for column in rules():
            batch_op.add_column(column)
    op.create_table(
        "vault",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("vault", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vault_person"), ["person"], unique=False)


def downgrade():
    op.drop_table("vault")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        for column in reversed(rules()):
            batch_op.drop_column(column.name)
