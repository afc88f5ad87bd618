"""Tries to close

A wave is discarded unread only after it could not be closed: since when that is so, and whether somebody has asked for
another try. A wave that is held has been tried.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("close_failed_at", sa.DateTime(timezone=True), nullable=True))
        waves.add_column(sa.Column("awaits_retry", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE waves SET close_failed_at = closed_at WHERE state = 'held'")
    with op.batch_alter_table("waves") as waves:
        waves.alter_column("awaits_retry", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_column("awaits_retry")
        waves.drop_column("close_failed_at")
