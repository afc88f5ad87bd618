"""Waves that are held

A wave whose report the auditor can break is held, people are told what became of a wave, and earlier reports on nearly
the same people are named. Going back needs that no wave is held.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES_BEFORE = "state IN ('draft', 'scheduled', 'open', 'closing', 'closed', 'cancelled')"
_STATES = "state IN ('draft', 'scheduled', 'open', 'closing', 'held', 'closed', 'cancelled')"
_KEYS_BEFORE = "state NOT IN ('open', 'closing') OR response_public_key IS NOT NULL"
_KEYS = "state NOT IN ('open', 'closing', 'held') OR response_public_key IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("twins", sa.Text(), nullable=True))
        waves.add_column(sa.Column("news", sa.String(length=10), nullable=True))
        waves.add_column(sa.Column("news_due_at", sa.DateTime(timezone=True), nullable=True))
        _replace_checks(waves, _STATES, _KEYS)
        waves.create_check_constraint(op.f("ck_waves_news"), "news IN ('held', 'cancelled')")


def downgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_constraint(op.f("ck_waves_news"), type_="check")
        _replace_checks(waves, _STATES_BEFORE, _KEYS_BEFORE)
        for column in ("news_due_at", "news", "twins"):
            waves.drop_column(column)


def _replace_checks(waves, states: str, keys: str) -> None:
    waves.drop_constraint(op.f("ck_waves_state"), type_="check")
    waves.drop_constraint(op.f("ck_waves_open_has_keys"), type_="check")
    waves.create_check_constraint(op.f("ck_waves_state"), states)
    waves.create_check_constraint(op.f("ck_waves_open_has_keys"), keys)
