"""A programme's words in languages

What a programme calls itself and is about, in languages other than English.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("programmes") as programmes:
        programmes.add_column(sa.Column("translated", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("programmes") as programmes:
        programmes.alter_column("translated", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("programmes") as programmes:
        programmes.drop_column("translated")
