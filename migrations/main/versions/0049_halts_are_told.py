"""Halts are told

Of which halt administrators were told: one number on PostgreSQL, in a sequence that is not logged; on SQLite a file.
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE UNLOGGED SEQUENCE halts_told")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE halts_told")
