"""The journal's key

The public half of the key that signs the journal of steps that cannot be undone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_key_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_key")),
    )


def downgrade() -> None:
    op.drop_table("journal_key")
