"""Epochs

The steps that cannot be undone, as the main database notes them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirrored_epochs",
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(length=16), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_mirrored_epochs")),
    )


def downgrade() -> None:
    op.drop_table("mirrored_epochs")
