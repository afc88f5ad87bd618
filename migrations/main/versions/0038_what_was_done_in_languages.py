"""What was done, in languages

"You said, we did" is written in each language, and published apart from being written. What was published before counts
as English, whatever it was written in. Going back keeps the English text, or the first there is. On PostgreSQL the
function that deletes an example deletes these too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TABLES = ("said_texts", "said_drafts")
_DELETE_EXAMPLE = """
CREATE OR REPLACE FUNCTION feedback_delete_example(example integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  surveys integer[];
BEGIN
  IF NOT EXISTS (SELECT FROM programmes WHERE id = example AND is_example)
    OR EXISTS (SELECT FROM waves WHERE programme_id = example AND opened_at IS NOT NULL)
  THEN
    RETURN false;
  END IF;
  SELECT coalesce(array_agg(id), '{{}}') INTO surveys FROM waves WHERE programme_id = example;
  DELETE FROM staff_letters WHERE wave_id = ANY(surveys);
  DELETE FROM trial_mails WHERE wave_id = ANY(surveys);
  DELETE FROM mail_openings WHERE wave_id = ANY(surveys);
  DELETE FROM wave_moments WHERE wave_id = ANY(surveys);
  DELETE FROM wave_questionnaires WHERE wave_id = ANY(surveys);
  DELETE FROM waves WHERE id = ANY(surveys);
  DELETE FROM participants WHERE programme_id = example;
  DELETE FROM roster_approvals WHERE programme_id = example;
  DELETE FROM programme_questionnaires WHERE programme_id = example;
  DELETE FROM notices WHERE programme_id = example;
{said}  DELETE FROM quiet_times WHERE programme_id = example;
  DELETE FROM staff_programmes WHERE programme_id = example;
  DELETE FROM programmes WHERE id = example;
  RETURN true;
END $$
"""
_SAID = "".join(f"  DELETE FROM {table} WHERE programme_id = example;\n" for table in _TABLES)


def upgrade() -> None:
    for table in _TABLES:
        op.create_table(
            table,
            sa.Column("programme_id", sa.Integer(), nullable=False),
            sa.Column("language", sa.String(10), nullable=False),
            sa.Column("text", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f(f"fk_{table}_programme_id")),
            sa.PrimaryKeyConstraint("programme_id", "language", name=op.f(f"pk_{table}")),
        )
    op.execute("INSERT INTO said_texts SELECT programme_id, 'en', you_said FROM notices WHERE you_said != ''")
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("you_said")
        notices.add_column(sa.Column("publications", sa.Integer(), nullable=False, server_default="0"))
    _delete_examples_with(_SAID)


def downgrade() -> None:
    _delete_examples_with("")
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("publications")
        notices.add_column(sa.Column("you_said", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "INSERT INTO notices (programme_id, help_contacts) SELECT DISTINCT programme_id, '' FROM said_texts "
        "WHERE programme_id NOT IN (SELECT programme_id FROM notices)"
    )
    op.execute(
        "UPDATE notices SET you_said = COALESCE((SELECT text FROM said_texts "
        "WHERE said_texts.programme_id = notices.programme_id ORDER BY language != 'en', language LIMIT 1), '')"
    )
    with op.batch_alter_table("notices") as notices:
        notices.alter_column("you_said", server_default=None)
    for table in _TABLES:
        op.drop_table(table)


def _delete_examples_with(said: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_DELETE_EXAMPLE.format(said=said))
