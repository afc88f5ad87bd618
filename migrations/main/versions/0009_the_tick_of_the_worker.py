"""The tick of the worker

One moment on PostgreSQL, in a sequence that is not logged: nothing that it counted before stays anywhere. On SQLite
the moment is the time of a file.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE UNLOGGED SEQUENCE worker_ticks")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE worker_ticks")
