"""Which cards hold a plan, so that one that did not start in time is found every minute

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-25 22:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OF_PLANS = sa.text("kind = 'action.prepared'")


def upgrade():
    op.create_index("entry_of_plans", "entry", ["card"], sqlite_where=OF_PLANS, postgresql_where=OF_PLANS)


def downgrade():
    op.drop_index("entry_of_plans", table_name="entry")
