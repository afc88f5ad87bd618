"""Openings of mails

A survey's emails may begin with a sentence of the organisation's own, in each language.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_openings",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(20), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("sentence", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_mail_openings_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "mail", "language", name=op.f("pk_mail_openings")),
    )


def downgrade() -> None:
    op.drop_table("mail_openings")
