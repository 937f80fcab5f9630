"""What two organisations write together when they look back on a card

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-26 00:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "joint_review",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("card", sa.String(length=36), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("partner", sa.String(length=200), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("forum", sa.String(length=100), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.UniqueConstraint("card", "org", "partner"),
    )
    for column in ("org", "partner"):
        op.create_index(f"joint_review_by_{column}", "joint_review", [column])
    op.create_table(
        "joint_note",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("review", sa.String(length=36), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["joint_review.id"]),
    )
    op.create_index("joint_note_by_review", "joint_note", ["review"])


def downgrade():
    op.drop_table("joint_note")
    op.drop_table("joint_review")
