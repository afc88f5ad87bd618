"""A queue for many workers

On PostgreSQL the job engine's tables come to the main database. They hold no facts, so a later version of the engine
needs no more than a migration that calls `renew_job_queue` again and names the new fingerprint. On both databases a
batch of mails can wait for its turn at a relay that takes so many a minute.
"""

import sqlalchemy as sa
from alembic import op

from feedback.storage.job_queue import remove_job_queue, renew_job_queue

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

# Procrastinate 3.10.
JOB_QUEUE = "c70ec4b400a60ad9"


def upgrade() -> None:
    op.create_table(
        "relay_pace",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_relay_pace_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_pace")),
    )
    with op.batch_alter_table("mail_batches") as batches:
        batches.add_column(sa.Column("has_turn", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The models fill it in: the default is only for the batches that are there already.
    with op.batch_alter_table("mail_batches") as batches:
        batches.alter_column("has_turn", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        renew_job_queue(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        remove_job_queue(op.get_bind())
    with op.batch_alter_table("mail_batches") as batches:
        batches.drop_column("has_turn")
    op.drop_table("relay_pace")
