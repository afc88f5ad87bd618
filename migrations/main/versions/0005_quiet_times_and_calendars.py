"""Quiet times and calendars

A programme has quiet times, reminders remember the offset they were wished for at, a calendar counts its changes, and
people are told of a wave that was put off or extended. Programmes from before keep going out at any time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEWS_BEFORE = "news IN ('held', 'cancelled')"
_NEWS = "news IN ('held', 'cancelled', 'postponed', 'extended')"


def upgrade() -> None:
    op.create_table(
        "quiet_times",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_quiet_times_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_quiet_times")),
    )
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("calendar_revision", sa.Integer(), nullable=False, server_default="0"))
        waves.add_column(sa.Column("calendar_changed_at", sa.DateTime(timezone=True), nullable=True))
        _replace_news(waves, _NEWS)
    with op.batch_alter_table("wave_moments") as moments:
        moments.add_column(sa.Column("wish", sa.String(length=12), nullable=True))
        moments.add_column(sa.Column("was_left_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("waves") as waves:
        waves.alter_column("calendar_revision", server_default=None)
    with op.batch_alter_table("wave_moments") as moments:
        moments.alter_column("was_left_out", server_default=None)


def downgrade() -> None:
    op.execute("UPDATE waves SET news = NULL, news_due_at = NULL WHERE news IN ('postponed', 'extended')")
    with op.batch_alter_table("wave_moments") as moments:
        for column in ("was_left_out", "wish"):
            moments.drop_column(column)
    with op.batch_alter_table("waves") as waves:
        _replace_news(waves, _NEWS_BEFORE)
        for column in ("calendar_changed_at", "calendar_revision"):
            waves.drop_column(column)
    op.drop_table("quiet_times")


def _replace_news(waves, news: str) -> None:
    waves.drop_constraint(op.f("ck_waves_news"), type_="check")
    waves.create_check_constraint(op.f("ck_waves_news"), news)
