"""Access by need: duty, who wrote on a card, leads who looked, and what an organisation says about sharing

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-25 08:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duty", sa.String(length=10), server_default="everybody", nullable=False))
    op.create_table(
        "card_writer",
        sa.Column("card", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["card.id"]),
        sa.PrimaryKeyConstraint("card", "person"),
    )
    with op.batch_alter_table("card_writer", schema=None) as batch_op:
        batch_op.create_index("card_writer_by_person", ["person", "card"], unique=False)
    # Everybody who wrote before this table was there; nobody could be taken off by name yet.
    op.execute('INSERT INTO card_writer (card, person) SELECT DISTINCT card, "by" FROM entry')
    op.create_table(
        "duty",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "lead_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("when_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["card.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lead_look", schema=None) as batch_op:
        batch_op.create_index("lead_look_by_card", ["card", "person"], unique=False)
    op.create_table(
        "sharing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("when_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sharing_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sharing_rule_organisation"), ["organisation"], unique=False)


def downgrade():
    op.drop_table("sharing_rule")
    op.drop_table("lead_look")
    op.drop_table("duty")
    op.drop_table("card_writer")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("duty")
