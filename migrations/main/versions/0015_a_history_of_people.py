"""A history of people

Who was invited to which group, as digests, so that a later wave can be kept from coming too close to an earlier one
when the roster is long gone; `feedback db upgrade` fills it in for waves there are. Addresses at several domains of an
organisation can be the same person's. A wave that its history keeps from opening has people to be told.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NEWS_BEFORE = "news IN ('held', 'cancelled', 'postponed', 'extended', 'results')"
_NEWS = "news IN ('held', 'cancelled', 'postponed', 'extended', 'results', 'refused')"


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("person_digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_history_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "group_name", "person_digest", name=op.f("pk_history")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("organisations") as organisations:
        organisations.add_column(sa.Column("domains", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("organisations") as organisations:
        organisations.alter_column("domains", server_default=None)
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("opening_was_refused", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("waves") as waves:
        waves.alter_column("opening_was_refused", server_default=None)
    _replace_news(_NEWS)


def downgrade() -> None:
    op.execute("UPDATE waves SET news = NULL, news_due_at = NULL WHERE news = 'refused'")
    _replace_news(_NEWS_BEFORE)
    with op.batch_alter_table("waves") as waves:
        waves.drop_column("opening_was_refused")
    with op.batch_alter_table("organisations") as organisations:
        organisations.drop_column("domains")
    op.drop_table("history")


def _replace_news(allowed: str) -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_constraint(op.f("ck_waves_news"), type_="check")
        waves.create_check_constraint(op.f("ck_waves_news"), allowed)
