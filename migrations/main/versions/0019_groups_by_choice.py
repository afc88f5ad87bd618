"""Groups by choice

How a wave comes by its groups where a role is small, as a coordinator wishes and from the opening on as it was done;
and what a wave does not ask because it could never be shown. Waves from before have neither.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("grouping", sa.String(10), nullable=True))
        waves.add_column(sa.Column("not_asked", sa.Text(), nullable=True))
        waves.create_check_constraint(op.f("ck_waves_grouping"), "grouping IN ('together', 'apart', 'kept')")


def downgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_constraint(op.f("ck_waves_grouping"), type_="check")
        waves.drop_column("not_asked")
        waves.drop_column("grouping")
