"""Examples

A programme may be an example: its people are invented, and nobody is asked. On PostgreSQL a function deletes it, since
staff may delete no other programme.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_NAME = "feedback_delete_example(integer)"
_DELETE = """
CREATE FUNCTION feedback_delete_example(example integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  surveys integer[];
BEGIN
  IF NOT EXISTS (SELECT FROM programmes WHERE id = example AND is_example)
    OR EXISTS (SELECT FROM waves WHERE programme_id = example AND opened_at IS NOT NULL)
  THEN
    RETURN false;
  END IF;
  SELECT coalesce(array_agg(id), '{}') INTO surveys FROM waves WHERE programme_id = example;
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
  DELETE FROM quiet_times WHERE programme_id = example;
  DELETE FROM staff_programmes WHERE programme_id = example;
  DELETE FROM programmes WHERE id = example;
  RETURN true;
END $$
"""


def upgrade() -> None:
    with op.batch_alter_table("programmes") as programmes:
        programmes.add_column(sa.Column("is_example", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("programmes") as programmes:
        programmes.alter_column("is_example", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_DELETE)
        op.execute(f"REVOKE ALL ON FUNCTION {_NAME} FROM PUBLIC")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_NAME}")
    # An older version would open its surveys.
    op.execute(
        "UPDATE waves SET state = 'cancelled' WHERE programme_id IN (SELECT id FROM programmes WHERE is_example)"
    )
    with op.batch_alter_table("programmes") as programmes:
        programmes.drop_column("is_example")
