"""Mails to staff

Staff are told by mail what waits for them, in the language of their last sign-in. Surveys that are under way are told
of from their next event on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KINDS = "'opened', 'unreached', 'too-few', 'closes-soon', 'report-ready', 'comments-wait', 'comments-expire'"


def upgrade() -> None:
    op.create_table(
        "staff_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_staff_letters_kind")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_staff_letters_wave_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_letters_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_letters")),
    )
    op.create_index(op.f("ix_staff_letters_wave_id"), "staff_letters", ["wave_id"])
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("language", sa.String(10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("language")
    op.drop_table("staff_letters")
