"""Sessions on the server, devices that were revoked, and what those still handed in

Revision ID: 0003
Revises: 0002

"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HOURS = (("session_absolute_h", "720"), ("session_idle_h", "72"), ("offline_lock_h", "72"), ("offline_erase_h", "336"))


def upgrade():
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        for name, hours in HOURS:
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default=hours, nullable=False))
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("revoked_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("revoked_why", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("told", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_device"), ["device"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_person"), ["person"], unique=False)
    op.create_table(
        "set_aside",
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.String(length=10), server_default="", nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["device.id"]),
        sa.ForeignKeyConstraint(["org"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("device", "id"),
    )
    with op.batch_alter_table("set_aside", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_set_aside_org"), ["org"], unique=False)


def downgrade():
    op.drop_table("set_aside")
    op.drop_table("session")
    with op.batch_alter_table("device", schema=None) as batch_op:
        for name in ("told", "revoked_why", "revoked_by", "kind"):
            batch_op.drop_column(name)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        for name, _ in HOURS:
            batch_op.drop_column(name)
