"""Keys are bound to what they are for

A wrapped key takes 60 bytes instead of 40. The rows themselves are wrapped anew by `feedback db upgrade`, which holds
the master key; a migration does not. There is no way back for rows that were: a downgrade refuses them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HELD = "CREATE VIEW keys_held AS SELECT purpose, owner_id FROM keys"


def upgrade() -> None:
    _resize(40, 60)


def downgrade() -> None:
    bound = sa.text("SELECT count(*) FROM keys WHERE length(wrapped) <> 40")
    if op.get_bind().scalar(bound):
        raise RuntimeError(
            "The earlier version cannot read keys that are bound to what they are for: restore a backup."
        )
    _resize(60, 40)


# PostgreSQL knows no length of bytes. SQLite makes the table anew, which the view must not see.
def _resize(before: int, after: int) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP VIEW keys_held")
    with op.batch_alter_table("keys") as table:
        table.alter_column("wrapped", existing_type=sa.LargeBinary(before), type_=sa.LargeBinary(after))
    op.execute(_HELD)
