"""Mails on passkeys

People are told as well when a passkey is made or removed with their account. What waits is dropped: it goes out within
seconds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def _make(*more: sa.Column[str], keys: tuple[str, ...]) -> None:
    op.drop_table("passkey_letters")
    op.create_table(
        "passkey_letters",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=bool(more)),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["removed_by"], ["staff.id"], name=op.f("fk_passkey_letters_removed_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_letters_staff_id")),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_passkey_letters")),
    )


def upgrade() -> None:
    _make(sa.Column("kind", sa.String(20), nullable=False), keys=("staff_id", "kind"))


def downgrade() -> None:
    _make(keys=("staff_id",))
