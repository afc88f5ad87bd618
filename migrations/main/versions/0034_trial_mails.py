"""Trial mails

A member of staff has the emails of a survey sent to themselves, before anybody else gets one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trial_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_trial_mails_staff_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_trial_mails_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_mails")),
    )
    op.create_index(op.f("ix_trial_mails_staff_id"), "trial_mails", ["staff_id"])


def downgrade() -> None:
    op.drop_table("trial_mails")
