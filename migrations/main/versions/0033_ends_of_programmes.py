"""Ends of programmes

From when on nothing is planned any more, and on which day the names are deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "programme_endings",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.Column("taken_back_at", moment, nullable=True),
        sa.Column("held_at", moment, nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("held_because", sa.String(500), nullable=True),
        sa.Column("tell_at", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("purged_at", moment, nullable=True),
        sa.Column("rewritten_at", moment, nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (purge_on IS NULL)", name=op.f("ck_programme_endings_day_of_an_end")),
        sa.CheckConstraint(
            "(held_at IS NULL) = (held_because IS NULL)", name=op.f("ck_programme_endings_reason_of_a_hold")
        ),
        sa.CheckConstraint(
            "purged_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_programme_endings_purged_after_an_end")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_endings_programme_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_programme_endings_ended_by")),
        sa.ForeignKeyConstraint(["held_by"], ["staff.id"], name=op.f("fk_programme_endings_held_by")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programme_endings")),
    )


def downgrade() -> None:
    op.drop_table("programme_endings")
