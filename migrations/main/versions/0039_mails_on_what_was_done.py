"""Mails on what was done

Everybody who was invited to a survey can be mailed what was done since, so often as the notice counts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_TABLES = ("deliveries", "mail_batches")
_KINDS_BEFORE = "kind IN ('invitation', 'reminder', 'extension', 'cancellation', 'results', 'unreported')"
_KINDS = "kind IN ('invitation', 'reminder', 'extension', 'cancellation', 'results', 'unreported', 'said')"
_NEWS_BEFORE = "news IN ('cancelled', 'extended', 'results')"
_NEWS = "news IN ('cancelled', 'extended', 'results', 'said')"


def upgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("told_of", sa.Integer(), nullable=True))
        notices.add_column(sa.Column("told_count", sa.Integer(), nullable=False, server_default="0"))
    _replace(_NEWS, _KINDS)


def downgrade() -> None:
    op.execute("UPDATE waves SET news = NULL, news_due_at = NULL WHERE news = 'said'")
    for table in _TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'said'")
    _replace(_NEWS_BEFORE, _KINDS_BEFORE)
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("told_count")
        notices.drop_column("told_of")


def _replace(news: str, kinds: str) -> None:
    for table, name, allowed in (("waves", "news", news), *((table, "kind", kinds) for table in _TABLES)):
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            changed.create_check_constraint(op.f(f"ck_{table}_{name}"), allowed)
