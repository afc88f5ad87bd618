"""Locks on responses

Whoever changes an answer shows the receipt of the one before; whoever cannot makes it contested, and neither counts. An
answer and its withdrawal are one statement, so that one door is left. Rows from before have no lock: they count, and
whoever changes one makes it contested, since their receipts lie in the sealed bodies only.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WAVE_LOCKS = 0x66656564
_CONTESTED = "decode(repeat('00', 32), 'hex')"

_PUT = f"""
CREATE FUNCTION feedback_put_response(key bytea, wave integer, new_lock bytea, shown bytea, body bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({_WAVE_LOCKS}, wave);
  IF NOT EXISTS (SELECT 1 FROM waves WHERE id = wave AND state = 'open')
     OR octet_length(key) <> 32 OR octet_length(new_lock) <> 32 THEN
    RETURN false;
  END IF;
  INSERT INTO sealed_responses AS r (response_key, wave_id, lock, sealed) VALUES (key, wave, new_lock, body)
  ON CONFLICT (response_key) DO UPDATE SET sealed = EXCLUDED.sealed, lock = CASE
    WHEN r.lock IN (new_lock, shown) AND r.lock <> {_CONTESTED} THEN new_lock ELSE {_CONTESTED} END
  WHERE r.wave_id = wave;
  RETURN true;
END $$
"""
_NEW = "feedback_put_response(bytea, integer, bytea, bytea, bytea)"

_OLD_PUT = f"""
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
_OLD_WITHDRAW = f"""
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
_OLD = ("feedback_put_response(bytea, integer, bytea)", "feedback_withdraw_response(bytea, integer)")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("ALTER TABLE sealed_responses ADD COLUMN lock BLOB")
        return
    op.execute("ALTER TABLE sealed_responses ADD COLUMN lock bytea")
    for function in _OLD:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(_PUT)
    op.execute(f"REVOKE ALL ON FUNCTION {_NEW} FROM PUBLIC")


# A contested answer counts nowhere, and the version before would count it.
def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DELETE FROM sealed_responses WHERE lock = zeroblob(32)")
        op.execute("ALTER TABLE sealed_responses DROP COLUMN lock")
        return
    op.execute(f"DELETE FROM sealed_responses WHERE lock = {_CONTESTED}")
    op.execute("ALTER TABLE sealed_responses DROP COLUMN lock")
    op.execute(f"DROP FUNCTION {_NEW}")
    for function in (_OLD_PUT, _OLD_WITHDRAW):
        op.execute(function)
    for name in _OLD:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
