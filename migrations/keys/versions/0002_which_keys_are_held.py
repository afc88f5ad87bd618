"""Which keys are held

Staff may not see the row of a link key or a response key, but whoever watches the service must see that one is still
there when it should be gone. A view of its owner's shows purposes and numbers, and no key.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE VIEW keys_held AS SELECT purpose, owner_id FROM keys")


def downgrade() -> None:
    op.execute("DROP VIEW keys_held")
