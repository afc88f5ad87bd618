"""The pepper

Response keys are derived with a secret that only the participants' processes hold, so that this database and the mails
together name nobody who has answered. A wave keeps the form it was opened with.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_pepper",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_known_pepper_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_pepper")),
    )
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("has_pepper", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("waves") as waves:
        waves.alter_column("has_pepper", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_column("has_pepper")
    op.drop_table("known_pepper")
