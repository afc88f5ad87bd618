"""When a relay last took a mail

One moment on PostgreSQL, kept like the worker's tick: in a sequence that is not logged. On SQLite it is the time of a
file.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE UNLOGGED SEQUENCE mails_accepted")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE mails_accepted")
