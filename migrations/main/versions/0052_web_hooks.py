"""Web hooks

Other systems are told what happens: where each is, which key signs, and which messages wait or arrived.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_EVENTS = (
    "'wave.opened', 'wave.looked_at', 'wave.closed', 'report.published', 'report.held', 'roster.approval_wanted', "
    "'people.not_reached', 'test'"
)


def upgrade() -> None:
    op.create_table(
        "web_hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_former", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_web_hooks_organisation_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_web_hooks_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_hooks")),
    )
    op.create_index(op.f("ix_web_hooks_organisation_id"), "web_hooks", ["organisation_id"])
    op.create_table(
        "web_hook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"event IN ({_EVENTS})", name=op.f("ck_web_hook_deliveries_event")),
        sa.ForeignKeyConstraint(["hook_id"], ["web_hooks.id"], name=op.f("fk_web_hook_deliveries_hook_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_web_hook_deliveries_programme_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_web_hook_deliveries_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_hook_deliveries")),
    )
    op.create_index(op.f("ix_web_hook_deliveries_hook_id"), "web_hook_deliveries", ["hook_id"])


def downgrade() -> None:
    op.drop_table("web_hook_deliveries")
    op.drop_table("web_hooks")
