"""Corrected addresses

While a wave is open, only a function changes the address of somebody who was invited, and only if no mail reached the
old one; only another queues a copy of an invitation. What the old address is still to be told waits in a table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WAVE_LOCKS = 0x66656564
# Rights to answer say that a wave is open: staff can change its state, but none of them.
_CORRECT = """
CREATE FUNCTION feedback_correct_address(
  programme integer, former text, wanted text, corrected_at timestamptz, who text
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT DISTINCT ON (d.wave_id, d.participant_id) d.wave_id, d.state
      FROM deliveries d JOIN participants p ON p.id = d.participant_id
      WHERE p.programme_id = programme AND p.email = former
      AND EXISTS (SELECT FROM entitlements e WHERE e.wave_id = d.wave_id)
      ORDER BY d.wave_id, d.participant_id, d.state NOT IN ('accepted', 'refused', 'bounced'), d.id DESC
    ) last
    GROUP BY last.wave_id HAVING bool_and(last.state NOT IN ('refused', 'bounced'))
  ) THEN
    RETURN false;
  END IF;
  -- Whoever moves an address could name a day on which nobody is told any more.
  INSERT INTO address_notices (participant_id, email, tell_at)
  SELECT id, former, least(corrected_at, now()) FROM participants p WHERE programme_id = programme AND email = former
  AND EXISTS (
    SELECT FROM deliveries d
    WHERE d.participant_id = p.id AND EXISTS (SELECT FROM entitlements e WHERE e.wave_id = d.wave_id)
  )
  ON CONFLICT DO NOTHING;
  INSERT INTO audit_log (at, actor, act, subject)
  SELECT corrected_at, who, 'corrected an address', 'programme ' || programme || ', participant ' || id
  FROM participants WHERE programme_id = programme AND email = former ORDER BY id;
  UPDATE participants SET email = wanted WHERE programme_id = programme AND email = former;
  RETURN FOUND;
END $$
"""
_INVITE = f"""
CREATE FUNCTION feedback_invite_again(
  wave integer, participant integer, queued_at timestamptz, who text
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  sent bigint;
  is_on_its_way boolean;
  latest timestamptz;
  batch integer;
BEGIN
  PERFORM pg_advisory_xact_lock({_WAVE_LOCKS}, wave);
  SELECT count(*), bool_or(d.state IN ('queued', 'sending')), max(b.not_before_at) INTO sent, is_on_its_way, latest
  FROM deliveries d JOIN mail_batches b ON b.id = d.batch_id
  WHERE d.wave_id = wave AND d.participant_id = participant AND d.kind = 'invitation';
  IF sent NOT BETWEEN 1 AND 3 OR is_on_its_way OR queued_at < latest + interval '1 hour'
    OR NOT EXISTS (SELECT FROM entitlements e WHERE e.wave_id = wave)
  THEN
    RETURN false;
  END IF;
  INSERT INTO mail_batches (wave_id, kind, number, not_before_at, has_turn)
  VALUES (wave, 'invitation', sent + 1, queued_at, false) RETURNING id INTO batch;
  INSERT INTO deliveries (batch_id, wave_id, participant_id, kind, number, state, attempts)
  VALUES (batch, wave, participant, 'invitation', sent + 1, 'queued', 0);
  INSERT INTO audit_log (at, actor, act, subject)
  VALUES (queued_at, who, 'sent an invitation again', 'wave ' || wave || ', participant ' || participant);
  RETURN true;
END $$
"""
_FUNCTIONS = (
    "feedback_correct_address(integer, text, text, timestamptz, text)",
    "feedback_invite_again(integer, integer, timestamptz, text)",
)


def upgrade() -> None:
    op.create_table(
        "address_notices",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_address_notices_participant_id")
        ),
        sa.PrimaryKeyConstraint("participant_id", "email", name=op.f("pk_address_notices")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for function in (_CORRECT, _INVITE):
            op.execute(function)
        # `feedback db grants` of an earlier version made it; that role adds no delivery any more.
        op.execute("DROP POLICY IF EXISTS feedback_staff_invites_again ON deliveries")
        for name in _FUNCTIONS:
            op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}")
    op.drop_table("address_notices")
