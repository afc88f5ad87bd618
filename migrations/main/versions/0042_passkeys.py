"""Passkeys

Staff sign in with passkeys, and an organisation can ask for one after the mailed link.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_NEW = (("organisations", "demands_passkeys"), ("staff_sessions", "has_passkey"))


def upgrade() -> None:
    for table, column in _NEW:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkeys_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_staff_id"), "passkeys", ["staff_id"])
    op.create_table(
        "passkey_handles",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_handles_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_passkey_handles")),
        sa.UniqueConstraint("handle", name=op.f("uq_passkey_handles_handle")),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("challenge", sa.LargeBinary(32), nullable=False),
        sa.Column("session_digest", sa.LargeBinary(32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_passkey_challenges")),
    )
    op.create_index(op.f("ix_passkey_challenges_expires_at"), "passkey_challenges", ["expires_at"])
    op.create_table(
        "passkey_letters",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["removed_by"], ["staff.id"], name=op.f("fk_passkey_letters_removed_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_letters_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_passkey_letters")),
    )


def downgrade() -> None:
    for table in ("passkey_letters", "passkey_challenges", "passkey_handles", "passkeys"):
        op.drop_table(table)
    for table, column in _NEW:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
