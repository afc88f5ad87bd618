"""What is known of the worker's clock

Two numbers on PostgreSQL, in sequences that are not logged; on SQLite each is a file of its own.
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
SEQUENCES = ("machine_runs", "clock_doubts")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in SEQUENCES:
            op.execute(f"CREATE UNLOGGED SEQUENCE {name}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in SEQUENCES:
            op.execute(f"DROP SEQUENCE {name}")
