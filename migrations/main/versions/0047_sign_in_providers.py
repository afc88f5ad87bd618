"""Sign-in providers

Staff sign in by OpenID Connect where their organisation has a provider. Sessions and passkeys say what stands behind
them: those that there are began with a mailed link, or after one. The log has room for a provider's address.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_NEW = (
    ("organisations", "demands_provider", sa.Boolean(), sa.false()),
    ("sign_ins", "is_emergency", sa.Boolean(), sa.false()),
    ("staff_sessions", "begun_by", sa.String(20), "link"),
    ("staff_sessions", "is_owners", sa.Boolean(), sa.true()),
    ("passkeys", "is_owners", sa.Boolean(), sa.true()),
)


def _widen(before: int, after: int) -> None:
    with op.batch_alter_table("audit_log") as batch_op:
        batch_op.alter_column("act", existing_type=sa.String(before), type_=sa.String(after), existing_nullable=False)


def upgrade() -> None:
    for table, column, kind, default in _NEW:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, kind, nullable=False, server_default=default))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)
    _widen(60, 300)
    op.create_table(
        "sign_in_providers",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("end_session_endpoint", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sign_in_providers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sign_in_providers")),
    )
    op.create_table(
        "connected_identities",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_connected_identities_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_connected_identities_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_connected_identities")),
        sa.UniqueConstraint(
            "organisation_id", "issuer", "subject", name=op.f("uq_connected_identities_organisation_id_issuer_subject")
        ),
    )
    op.create_table(
        "waiting_connections",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_waiting_connections_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_waiting_connections")),
        sa.UniqueConstraint("digest", name=op.f("uq_waiting_connections_digest")),
    )
    op.create_index(op.f("ix_waiting_connections_expires_at"), "waiting_connections", ["expires_at"])


def downgrade() -> None:
    for table in ("waiting_connections", "connected_identities", "sign_in_providers"):
        op.drop_table(table)
    op.execute("UPDATE audit_log SET act = substr(act, 1, 60) WHERE length(act) > 60")
    _widen(300, 60)
    for table, column, _kind, _default in reversed(_NEW):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
