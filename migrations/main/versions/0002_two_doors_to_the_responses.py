"""Two doors to the responses

On PostgreSQL the participants' process may reach sealed responses only through these two functions. Each takes the
wave's shared lock and reads its state in a later statement, so that neither can slip past a close.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAVE_LOCKS = 0x66656564

_PUT = f"""
CREATE FUNCTION feedback_put_response(key bytea, wave integer, body bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({_WAVE_LOCKS}, wave);
  IF NOT EXISTS (SELECT 1 FROM waves WHERE id = wave AND state = 'open') OR octet_length(key) <> 32 THEN
    RETURN false;
  END IF;
  INSERT INTO sealed_responses (response_key, wave_id, sealed) VALUES (key, wave, body)
  ON CONFLICT (response_key) DO UPDATE SET sealed = EXCLUDED.sealed WHERE sealed_responses.wave_id = wave;
  RETURN true;
END $$
"""

_WITHDRAW = f"""
CREATE FUNCTION feedback_withdraw_response(key bytea, wave integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({_WAVE_LOCKS}, wave);
  IF NOT EXISTS (SELECT 1 FROM waves WHERE id = wave AND state = 'open') THEN
    RETURN false;
  END IF;
  DELETE FROM sealed_responses WHERE response_key = key AND wave_id = wave;
  RETURN true;
END $$
"""

_FUNCTIONS = ("feedback_put_response(bytea, integer, bytea)", "feedback_withdraw_response(bytea, integer)")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_PUT)
    op.execute(_WITHDRAW)
    for function in _FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
