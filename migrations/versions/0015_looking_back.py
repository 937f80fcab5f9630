"""What a lead finds closed cards by, kept in rows beside the log; and after how many hours people are asked how a card went

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-25 22:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_CLOSING = sa.text("kind = 'card.closed'")
# What was closed before is looked at again: by whoever looks back first, or by `flask review rebuild`.
CLOSED_BEFORE = """
INSERT INTO closed_card (card, stale, situation, opened_ms, closed_ms, until_ms, holders)
SELECT DISTINCT card, {true}, '', 0, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), '[]' FROM entry WHERE kind = 'card.closed'
"""


def upgrade():
    op.create_table(
        "closed_card",
        sa.Column("card", sa.String(length=36), sa.ForeignKey("card.id"), primary_key=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("situation", sa.String(length=100), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("holders", sa.Text(), nullable=False),
    )
    op.create_index("closed_card_stale", "closed_card", ["card"], sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale"))
    op.create_index("closed_card_by_situation", "closed_card", ["situation", "card"])
    op.create_table(
        "closed_card_mark",
        sa.Column("card", sa.String(length=36), sa.ForeignKey("closed_card.card"), primary_key=True),
        sa.Column("mark", sa.String(length=30), primary_key=True),
    )
    op.create_index("closed_card_mark_by_mark", "closed_card_mark", ["mark", "card"])
    op.create_table(
        "closed_card_came",
        sa.Column("card", sa.String(length=36), sa.ForeignKey("closed_card.card"), primary_key=True),
        sa.Column("organisation", sa.String(length=200), primary_key=True),
        sa.Column("came_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("entry_of_closing", "entry", ["received"], sqlite_where=OF_CLOSING, postgresql_where=OF_CLOSING)
    op.add_column("organisation", sa.Column("feedback_after_h", sa.Integer(), server_default="12", nullable=False))
    op.execute(CLOSED_BEFORE.format(true="true" if op.get_bind().dialect.name == "postgresql" else "1"))


def downgrade():
    op.drop_column("organisation", "feedback_after_h")
    op.drop_index("entry_of_closing", table_name="entry")
    for table in ("closed_card_came", "closed_card_mark", "closed_card"):
        op.drop_table(table)
