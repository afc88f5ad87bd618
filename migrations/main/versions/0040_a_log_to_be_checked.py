"""A log to be checked

Each entry of the audit log says whose it is, and a chain of digests shows whether one was changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_WAVE_LOCKS = 0x66656564
# What an entry is about, or who has acted: the same words as in the log.
_NAMES = """
SELECT 'organisation ' || id AS name, id AS organisation_id FROM organisations
UNION ALL SELECT 'programme ' || id, organisation_id FROM programmes
UNION ALL SELECT 'staff ' || id, organisation_id FROM staff
UNION ALL SELECT 'wave ' || w.id, p.organisation_id FROM waves w JOIN programmes p ON p.id = w.programme_id
"""
_BEFORE = {
    "postgresql": ("split_part(subject, ',', 1)", "split_part(actor, ' by ', 1)"),
    "sqlite": (
        "substr(subject, 1, instr(subject || ',', ',') - 1)",
        "substr(actor, 1, instr(actor || ' by ', ' by ') - 1)",
    ),
}


# As 0017 made it, but for the last column of the log.
def _correct(column: str, programmes: str, owner: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION feedback_correct_address(
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
  INSERT INTO audit_log (at, actor, act, subject{column})
  SELECT corrected_at, who, 'corrected an address', 'programme ' || programme || ', participant ' || p.id{owner}
  FROM participants p{programmes} WHERE p.programme_id = programme AND p.email = former ORDER BY p.id;
  UPDATE participants SET email = wanted WHERE programme_id = programme AND email = former;
  RETURN FOUND;
END $$
"""


def _invite(column: str, owner: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION feedback_invite_again(
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
  INSERT INTO audit_log (at, actor, act, subject{column})
  VALUES (queued_at, who, 'sent an invitation again', 'wave ' || wave || ', participant ' || participant{owner});
  RETURN true;
END $$
"""


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("organisation_id", sa.Integer(), nullable=True))
    dialect = op.get_bind().dialect.name
    for name in _BEFORE[dialect]:
        op.execute(f"""
UPDATE audit_log SET organisation_id = names.organisation_id FROM ({_NAMES}) AS names
WHERE audit_log.organisation_id IS NULL AND names.name = {name}
""")
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"])
    op.create_index(op.f("ix_audit_log_organisation_id"), "audit_log", ["organisation_id", "id"])
    op.create_table(
        "audit_log_chain",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_log_chain")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_log_chain_position")),
    )
    if dialect == "postgresql":
        op.execute(_correct(", organisation_id", " JOIN programmes g ON g.id = p.programme_id", ", g.organisation_id"))
        owner = "(SELECT p.organisation_id FROM programmes p JOIN waves w ON w.programme_id = p.id WHERE w.id = wave)"
        op.execute(_invite(", organisation_id", f", {owner}"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_correct("", "", ""))
        op.execute(_invite("", ""))
    op.drop_table("audit_log_chain")
    op.drop_index(op.f("ix_audit_log_organisation_id"), "audit_log")
    op.drop_index(op.f("ix_audit_log_at"), "audit_log")
    op.drop_column("audit_log", "organisation_id")
