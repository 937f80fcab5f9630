"""Passkeys: the key of an authenticator, the handle by which authenticators know a person, and what they are asked to sign

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-25 12:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("credential", sa.String(length=1364), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.String(length=200), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("aaguid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("suspect_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential"),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_person"), ["person"], unique=False)
    op.create_table(
        "passkey_owner",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("handle", sa.String(length=86), nullable=False),
        sa.Column("offered_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("handle"),
    )
    op.create_table(
        "challenge",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("challenge", sa.String(length=86), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("challenge_by_end", "challenge", ["expires_ms"])


def downgrade():
    op.drop_index("challenge_by_end", "challenge")
    op.drop_table("challenge")
    op.drop_table("passkey_owner")
    op.drop_table("passkey")
