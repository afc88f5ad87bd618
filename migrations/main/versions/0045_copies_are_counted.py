"""Copies are counted

Of each mail the ledger says how often it was handed over without an answer, so that a relay that takes mails and falls
silent over each does not get them for ever. Planners who were told of an end are not told again with the others. Going
back, a mail of which nobody knows whether it arrived is accepted, so that nobody gets it once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_BEFORE = "state IN ('queued', 'sending', 'accepted', 'refused', 'skipped', 'bounced')"
_NOW = "state IN ('queued', 'sending', 'accepted', 'refused', 'skipped', 'bounced', 'uncertain')"


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0"))
        deliveries.create_check_constraint(op.f("ck_deliveries_unanswered"), "unanswered >= 0")
    _replace_states(_NOW)
    with op.batch_alter_table("programme_endings") as endings:
        endings.add_column(sa.Column("told_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("programme_endings") as endings:
        endings.drop_column("told_to")
    op.execute("UPDATE deliveries SET state = 'accepted' WHERE state = 'uncertain'")
    _replace_states(_BEFORE)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("ck_deliveries_unanswered"), type_="check")
        deliveries.drop_column("unanswered")


def _replace_states(states: str) -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("ck_deliveries_state"), type_="check")
        deliveries.create_check_constraint(op.f("ck_deliveries_state"), states)
