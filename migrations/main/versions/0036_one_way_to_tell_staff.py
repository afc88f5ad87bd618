"""One way to tell staff

Staff hear by the same mails as of anything else that a survey could not open, was put off or is held, and contacts that
somebody asks for support. What was to be told of a survey is told so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KINDS_BEFORE = "'opened', 'unreached', 'too-few', 'closes-soon', 'report-ready', 'comments-wait', 'comments-expire'"
_KINDS = (
    "'refusal', 'postponement', 'opened', 'unreached', 'too-few', 'closes-soon', 'held', 'report-ready', "
    "'comments-wait', 'comments-expire', 'support'"
)
_NEWS_BEFORE = "news IN ('held', 'cancelled', 'postponed', 'extended', 'results', 'refused')"
_NEWS = "news IN ('cancelled', 'extended', 'results')"
_MOVED = {"held": "held", "postponed": "postponement", "refused": "refusal"}


def upgrade() -> None:
    with op.batch_alter_table("staff_letters") as letters:
        letters.add_column(sa.Column("programme_id", sa.Integer(), nullable=True))
        letters.create_foreign_key(op.f("fk_staff_letters_programme_id"), "programmes", ["programme_id"], ["id"])
        letters.alter_column("wave_id", nullable=True)
        letters.drop_constraint(op.f("ck_staff_letters_kind"), type_="check")
        letters.create_check_constraint(op.f("ck_staff_letters_kind"), f"kind IN ({_KINDS})")
        letters.create_check_constraint(op.f("ck_staff_letters_subject"), "(wave_id IS NULL) <> (programme_id IS NULL)")
    for news, kind in _MOVED.items():
        op.execute(f"""
INSERT INTO staff_letters (wave_id, kind, tell_at, told_count)
SELECT id, '{kind}', news_due_at, 0 FROM waves WHERE news = '{news}' AND news_due_at IS NOT NULL ORDER BY id
""")
        op.execute(f"UPDATE waves SET news = NULL, news_due_at = NULL WHERE news = '{news}'")
    _replace_news(_NEWS)


def downgrade() -> None:
    _replace_news(_NEWS_BEFORE)
    # Whom an older version would tell these things it cannot say: it has been tried already.
    op.execute(f"DELETE FROM staff_letters WHERE kind NOT IN ({_KINDS_BEFORE})")
    with op.batch_alter_table("staff_letters") as letters:
        letters.drop_constraint(op.f("ck_staff_letters_subject"), type_="check")
        letters.drop_constraint(op.f("ck_staff_letters_kind"), type_="check")
        letters.create_check_constraint(op.f("ck_staff_letters_kind"), f"kind IN ({_KINDS_BEFORE})")
        letters.alter_column("wave_id", nullable=False)
        letters.drop_constraint(op.f("fk_staff_letters_programme_id"), type_="foreignkey")
        letters.drop_column("programme_id")


def _replace_news(allowed: str) -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_constraint(op.f("ck_waves_news"), type_="check")
        waves.create_check_constraint(op.f("ck_waves_news"), allowed)
