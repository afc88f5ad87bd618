"""Epochs

Each step that cannot be undone, mirrored in the key store, so that a restored database is known for one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "epochs",
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(length=16), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_epochs")),
    )


def downgrade() -> None:
    op.drop_table("epochs")
