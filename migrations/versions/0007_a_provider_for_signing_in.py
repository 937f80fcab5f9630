"""A provider for signing in: OpenID Connect per organisation, the e-mail domains that lead to it, and who is known there as whom; when people were on
duty, so that a lead finds the cards of their team

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-25 12:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "provider",
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=False),
        sa.Column("group_claim", sa.String(length=100), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("newcomers", sa.String(length=10), nullable=False),
        sa.Column("passwords", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("org"),
    )
    op.create_table(
        "mail_domain",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("domain"),
    )
    with op.batch_alter_table("mail_domain", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_domain_org"), ["org"], unique=False)
    op.create_table(
        "provider_link",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("org", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("org", "issuer", "sub"),
    )
    op.create_table(
        "duty_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("duty_period", schema=None) as batch_op:
        batch_op.create_index("duty_period_by_person", ["person", "until_ms"], unique=False)
    # When the duty began that was kept last is known to nobody; half a day is what the form proposes.
    op.execute("INSERT INTO duty_period (person, from_ms, until_ms) SELECT person, until_ms - 43200000, until_ms FROM duty")


def downgrade():
    op.drop_table("duty_period")
    op.drop_table("provider_link")
    op.drop_table("mail_domain")
    op.drop_table("provider")
