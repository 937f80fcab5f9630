"""What was seen, and how long it stays

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-25 08:40:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPENERS = """
UPDATE card SET
  opener = COALESCE((SELECT e."by" FROM entry e WHERE e.card = card.id AND e.kind = 'card.opened' ORDER BY e.seq LIMIT 1), ''),
  opener_org = COALESCE((SELECT e.org FROM entry e WHERE e.card = card.id AND e.kind = 'card.opened' ORDER BY e.seq LIMIT 1), '')
"""


def upgrade():
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retention_days", sa.Integer(), server_default="28", nullable=False))
        batch_op.add_column(sa.Column("stays_open_days", sa.Integer(), server_default="90", nullable=False))

    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opener", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("opener_org", sa.String(length=200), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_card_opener_org"), ["opener_org"], unique=False)
    op.execute(OPENERS)

    op.create_table(
        "purged_card",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("situation", sa.String(length=100), nullable=False),
        sa.Column("opened_day", sa.String(length=10), nullable=False),
        sa.Column("closed_day", sa.String(length=10), nullable=False),
        sa.Column("organisations", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("card", sa.String(length=36), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed", sa.String(length=24), nullable=False),
        sa.Column("placed_by", sa.String(length=200), nullable=False),
        sa.Column("lifted", sa.String(length=24), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_card"), ["card"], unique=False)

    op.create_table(
        "access_anchor",
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("file", "day"),
    )


def downgrade():
    op.drop_table("access_anchor")
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_hold_card"))

    op.drop_table("legal_hold")
    op.drop_table("purged_card")
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_opener_org"))

    # Not in a batch: that would make the tables anew, and others point at them.
    for table, column in (("card", "opener_org"), ("card", "opener"), ("organisation", "stays_open_days"), ("organisation", "retention_days")):
        op.drop_column(table, column)
