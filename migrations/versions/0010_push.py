"""Push: who wants to hear what, where, and what is on its way

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-25 16:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_WAITING = sa.text("kind IN ('service.promised', 'service.requested')")


def upgrade():
    op.create_table(
        "push_subscription",
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=88), nullable=False),
        sa.Column("auth", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=88), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("device"),
        sa.UniqueConstraint("endpoint"),
    )
    op.create_index("ix_push_subscription_person", "push_subscription", ["person"])
    op.create_table(
        "push_wish",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("person", "kind"),
    )
    op.create_table(
        "push_quiet",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "push_look",
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"]),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_table(
        "push_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=36), nullable=False),
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=10), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["device"], ["push_subscription.device"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("card", "entry", "kind", "device"),
    )
    op.create_index("ix_push_out_card", "push_out", ["card"])
    op.create_index("push_out_waiting", "push_out", ["done_ms", "not_before_ms"])
    op.create_index("entry_of_waiting", "entry", ["received"], sqlite_where=OF_WAITING, postgresql_where=OF_WAITING)


def downgrade():
    op.drop_index("entry_of_waiting", table_name="entry")
    for table in ("push_out", "push_look", "push_quiet", "push_wish", "push_subscription"):
        op.drop_table(table)
