"""People with access

Administrators give and take access on a page. An account from which it was taken stays, as the audit log and approvals
of rosters name it by its number; whoever has access now keeps it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("is_removed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("staff") as table:
        table.alter_column("is_removed", server_default=None)
    op.create_table(
        "staff_invitations",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_invitations_staff_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["staff.id"], name=op.f("fk_staff_invitations_invited_by")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_invitations")),
    )


def downgrade() -> None:
    op.drop_table("staff_invitations")
    # Whoever had lost their access must not get it back with an older version, which knows no such mark.
    op.execute("UPDATE staff SET email = 'removed-' || id || '@invalid' WHERE is_removed")
    with op.batch_alter_table("staff") as table:
        table.drop_column("is_removed")
