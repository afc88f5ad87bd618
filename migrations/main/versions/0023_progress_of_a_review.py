"""How far a review has come

An index of ids and decisions: what is next, and how much is left, is told without reading a sealed text.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_comments_wave_id", "comments")
    op.create_index("ix_comments_progress", "comments", ["wave_id", "question", "id", "decision"])


def downgrade() -> None:
    op.drop_index("ix_comments_progress", "comments")
    op.create_index("ix_comments_wave_id", "comments", ["wave_id"])
