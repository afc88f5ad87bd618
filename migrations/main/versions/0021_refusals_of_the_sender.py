"""Refusals of the sender

How often in a row the relay has refused whoever sends a batch of mails, and with which code. Nothing of that kind is
known of earlier batches: what was refused then stays refused, and can be sent again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail_batches") as batches:
        batches.add_column(sa.Column("sender_refusals", sa.Integer(), nullable=False, server_default="0"))
        batches.add_column(sa.Column("refusal_code", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mail_batches") as batches:
        batches.drop_column("refusal_code")
        batches.drop_column("sender_refusals")
