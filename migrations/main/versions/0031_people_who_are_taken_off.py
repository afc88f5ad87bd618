"""People who are taken off

Somebody who asks for it is taken off the roster with all that leads to them, once no survey that invited them is under
way. A partial index keeps looking for them free.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("is_to_be_erased", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_participants_to_be_erased",
        "participants",
        ["id"],
        postgresql_where=sa.text("is_to_be_erased"),
        sqlite_where=sa.text("is_to_be_erased"),
    )


def downgrade() -> None:
    op.drop_index("ix_participants_to_be_erased", "participants")
    op.drop_column("participants", "is_to_be_erased")
