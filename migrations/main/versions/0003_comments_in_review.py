"""Comments in review

Each comment gets a decision and, if it is redacted, the changed text; each question a summary; each wave one release.
Going back forgets decisions, summaries and releases; comments that are still in review stay, undecided.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DECISIONS = "decision IN ('undecided', 'released', 'redacted', 'summarised', 'withheld')"
_REDACTED = "(decision = 'redacted') = (redacted IS NOT NULL)"
# SQLite rebuilds the table; without this its rows would get numbers, in the order in which they came.
_NO_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("comments", table_kwargs=_NO_ROWID) as batch_op:
        batch_op.add_column(sa.Column("decision", sa.String(length=10), nullable=False, server_default="undecided"))
        batch_op.add_column(sa.Column("redacted", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("comments", table_kwargs=_NO_ROWID) as batch_op:
        batch_op.alter_column("decision", server_default=None)
        batch_op.create_check_constraint(op.f("ck_comments_decision"), _DECISIONS)
        batch_op.create_check_constraint(op.f("ck_comments_redacted"), _REDACTED)
    op.create_table(
        "comment_summaries",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_comment_summaries_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "question", name=op.f("pk_comment_summaries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment_releases",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_comment_releases_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_comment_releases")),
    )


def downgrade() -> None:
    op.drop_table("comment_releases")
    op.drop_table("comment_summaries")
    with op.batch_alter_table("comments", table_kwargs=_NO_ROWID) as batch_op:
        batch_op.drop_constraint(op.f("ck_comments_redacted"), type_="check")
        batch_op.drop_constraint(op.f("ck_comments_decision"), type_="check")
        batch_op.drop_column("redacted")
        batch_op.drop_column("decision")
