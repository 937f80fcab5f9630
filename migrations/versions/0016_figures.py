"""What figures keep of each card, without content

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-25 23:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OF_ONE = sa.text("org <> ''")


def upgrade():
    op.create_table(
        "figure_card",
        sa.Column("card", sa.String(length=36), primary_key=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
    )
    op.create_table(
        "figure_organisation",
        sa.Column("card", sa.String(length=36), primary_key=True),
        sa.Column("organisation", sa.String(length=200), primary_key=True),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("takes_part", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("situation", sa.String(length=100), nullable=False),
        sa.Column("area", sa.String(length=4), nullable=False),
        sqlite_with_rowid=False,
    )
    looked_at = ["organisation", "quarter", "takes_part", "card", "counted", "situation", "area"]
    op.create_index("figure_organisation_by_quarter", "figure_organisation", looked_at)
    op.create_table(
        "figure_case",
        sa.Column("card", sa.String(length=36), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=220), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("figure_case_by_organisation", "figure_case", ["org", "quarter"], sqlite_where=OF_ONE, postgresql_where=OF_ONE)


def downgrade():
    op.drop_index("figure_case_by_organisation", table_name="figure_case")
    op.drop_table("figure_case")
    op.drop_index("figure_organisation_by_quarter", table_name="figure_organisation")
    op.drop_table("figure_organisation")
    op.drop_table("figure_card")
