"""First steps put away

Whoever plans surveys sees the first steps on the first page until a report is there, or until they put them away.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("hides_first_steps", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("staff") as table:
        table.alter_column("hides_first_steps", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.drop_column("hides_first_steps")
