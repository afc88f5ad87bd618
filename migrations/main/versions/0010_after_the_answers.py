"""After the answers

Receipts can be looked up, participants can read their programme's results behind an address of its own, and ask the
contact for support. On PostgreSQL the participants' process looks receipts and results up through two functions only.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

_NEWS_BEFORE = "news IN ('held', 'cancelled')"
_NEWS = "news IN ('held', 'cancelled', 'results')"

_COUNTED_IN = """
CREATE FUNCTION feedback_counted_in(sought bytea) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT wave_id FROM counted_receipts WHERE digest = sought
$$
"""
_RESULTS = """
CREATE FUNCTION feedback_results(sought bytea) RETURNS TABLE (programme integer, wave integer, written text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT reports.programme_id, reports.wave_id, reports.document
  FROM reports JOIN results_pages ON results_pages.programme_id = reports.programme_id
  WHERE results_pages.digest = sought ORDER BY reports.number
$$
"""
_FUNCTIONS = ("feedback_counted_in(bytea)", "feedback_results(bytea)")


def upgrade() -> None:
    op.create_table(
        "counted_receipts",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_counted_receipts_wave_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_counted_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results_pages",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_results_pages_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_results_pages")),
        sa.UniqueConstraint("digest", name=op.f("uq_results_pages_digest")),
    )
    op.create_table(
        "support_desks",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_support_desks_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_support_desks")),
        sa.UniqueConstraint("handle", name=op.f("uq_support_desks_handle")),
    )
    op.create_table(
        "support_requests",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_support_requests_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_requests")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("programme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("you_said", sa.Text(), nullable=False),
        sa.Column("help_contacts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_notices_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_notices")),
    )
    _replace_news(_NEWS)
    _look_receipts_up()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNTED_IN)
        op.execute(_RESULTS)
        for function in _FUNCTIONS:
            op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for function in _FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")
    op.execute("UPDATE waves SET news = NULL, news_due_at = NULL WHERE news = 'results'")
    _replace_news(_NEWS_BEFORE)
    for table in ("notices", "support_requests", "support_desks", "results_pages", "counted_receipts"):
        op.drop_table(table)


def _replace_news(allowed: str) -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_constraint(op.f("ck_waves_news"), type_="check")
        waves.create_check_constraint(op.f("ck_waves_news"), allowed)


def _look_receipts_up() -> None:
    """List the receipts of reports that are published already."""
    connection = op.get_bind()
    receipts = sa.table("counted_receipts", sa.column("digest", sa.LargeBinary), sa.column("wave_id", sa.Integer))
    written = connection.execute(sa.text("SELECT wave_id, document FROM reports ORDER BY wave_id")).all()
    found = [
        {"digest": bytes.fromhex(digest), "wave_id": wave}
        for wave, document in written
        for digest in json.loads(document).get("receipts", [])
    ]
    if found:
        connection.execute(sa.insert(receipts), sorted(found, key=lambda one: one["digest"]))
