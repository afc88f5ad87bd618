"""People in both roles

How many people of a reporting group have two rights to answer. Groups of waves that were opened before say none: they
keep the terms that they were opened with.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wave_groups") as groups:
        groups.add_column(sa.Column("doubled", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("wave_groups") as groups:
        groups.alter_column("doubled", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("wave_groups") as groups:
        groups.drop_column("doubled")
