"""Bounces and approved rosters

A mail may have bounced; an organisation may ask for a second person's approval of a roster before a wave opens.
Going back, a bounced mail is accepted again, which the relay did say, and approvals are forgotten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BEFORE = "state IN ('queued', 'sending', 'accepted', 'refused', 'skipped')"
_NOW = "state IN ('queued', 'sending', 'accepted', 'refused', 'skipped', 'bounced')"
_IS_WHOLE = "digest IS NULL OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)"


def upgrade() -> None:
    _replace_states(_NOW)
    for table, column in (("organisations", "approves_rosters"), ("waves", "roster_was_approved")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)
    op.create_table(
        "roster_approvals",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.Text(), nullable=True),
        sa.CheckConstraint(_IS_WHOLE, name=op.f("ck_roster_approvals_approved_by_somebody")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_roster_approvals_programme_id")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_roster_approvals_approved_by")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_roster_approvals")),
    )


def downgrade() -> None:
    op.drop_table("roster_approvals")
    for table, column in (("organisations", "approves_rosters"), ("waves", "roster_was_approved")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    op.execute("UPDATE deliveries SET state = 'accepted' WHERE state = 'bounced'")
    _replace_states(_BEFORE)


def _replace_states(states: str) -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("ck_deliveries_state"), type_="check")
        deliveries.create_check_constraint(op.f("ck_deliveries_state"), states)
