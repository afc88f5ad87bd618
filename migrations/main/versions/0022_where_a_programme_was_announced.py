"""Where a programme was announced

The address of a page of the organisation's own, which its mails name so that readers can check them. Programmes from
before have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("programmes") as programmes:
        programmes.add_column(sa.Column("announced_at", sa.String(500), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("programmes") as programmes:
        programmes.drop_column("announced_at")
