"""Proven providers

Whether anybody has come back from a provider since it was set as it is. One that is the only way already has let
somebody in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_providers") as providers:
        providers.add_column(sa.Column("is_proven", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE sign_in_providers SET is_proven = true WHERE organisation_id IN "
        "(SELECT id FROM organisations WHERE demands_provider = true)"
    )
    with op.batch_alter_table("sign_in_providers") as providers:
        providers.alter_column("is_proven", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_providers") as providers:
        providers.drop_column("is_proven")
