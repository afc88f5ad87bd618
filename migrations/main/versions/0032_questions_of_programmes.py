"""Questions of programmes

What a programme asks in place of the questionnaires that ship, by stage. Surveys keep a copy of their own, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_questionnaires",
        sa.Column("programme_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_questionnaires_version")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_questionnaires_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", "stage", name=op.f("pk_programme_questionnaires")),
    )


def downgrade() -> None:
    op.drop_table("programme_questionnaires")
