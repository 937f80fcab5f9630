"""What SQLite held and PostgreSQL has no room for goes: names of organisations that are too long for any (card/membership.py no longer counts them),
and the end of a situation of a purged card.

And the rows of closed cards are out of date: they said of a card what was for one side alone. Those of which that can be are in no list until they
are made anew, at a look or by `flask review rebuild`.

Revision ID: 0022
Revises: 0021

"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FOR_ONE_SIDE = "SELECT card FROM entry WHERE audience <> 'all'"


def upgrade():
    for table in ("card_organisation", "closed_card_came"):
        op.execute(f"DELETE FROM {table} WHERE length(organisation) > 200")
    op.execute("UPDATE purged_card SET situation = substr(situation, 1, 100) WHERE length(situation) > 100")
    op.execute("UPDATE closed_card SET stale = true")
    op.execute(f"UPDATE closed_card SET closed_ms = NULL, until_ms = NULL WHERE card IN ({FOR_ONE_SIDE})")


def downgrade():
    """What went was nobody's. The version before makes rows that are out of date anew as well."""
