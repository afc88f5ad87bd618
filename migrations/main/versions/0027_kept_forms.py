"""Forms that were sent after their session had ended

What somebody has typed waits, sealed to their own browser, until they have signed in again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_kept_forms_staff_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_kept_forms")),
    )
    op.create_index(op.f("ix_kept_forms_staff_id"), "kept_forms", ["staff_id"])


def downgrade() -> None:
    op.drop_table("kept_forms")
