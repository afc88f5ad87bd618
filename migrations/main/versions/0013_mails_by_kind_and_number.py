"""Mails by kind and number

A mail of a wave was one word, such as reminder-2, which three places cut in two. It is a kind and a number from now on;
the word is written from them where the world outside knows it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = ("mail_batches", "deliveries")
_KINDS = "kind IN ('invitation', 'reminder', 'extension', 'cancellation', 'results', 'unreported')"
_NUMBERED = ("invitation", "reminder")


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("uq_deliveries_wave_id_mail_participant_id"), type_="unique")
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("mail", new_column_name="kind", existing_type=sa.String(20), existing_nullable=False)
            batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        for kind in _NUMBERED:
            number = f"CAST(substr(kind, {len(kind) + 2}) AS INTEGER)"
            op.execute(f"UPDATE {table} SET number = {number}, kind = '{kind}' WHERE kind LIKE '{kind}-%'")
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("number", server_default=None)
            batch_op.create_check_constraint(op.f(f"ck_{table}_kind"), _KINDS)
            batch_op.create_check_constraint(op.f(f"ck_{table}_number"), "number >= 1")
    with op.batch_alter_table("deliveries") as deliveries:
        columns = ["wave_id", "kind", "number", "participant_id"]
        deliveries.create_unique_constraint(op.f("uq_deliveries_wave_id_kind_number_participant_id"), columns)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # It names the number; `feedback db grants` makes it anew as the program of that time wants it.
        op.execute("DROP POLICY IF EXISTS feedback_staff_invites_again ON deliveries")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("uq_deliveries_wave_id_kind_number_participant_id"), type_="unique")
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
            batch_op.drop_constraint(op.f(f"ck_{table}_number"), type_="check")
        op.execute(f"UPDATE {table} SET kind = kind || '-' || number WHERE kind = 'reminder' OR number > 1")
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("number")
            batch_op.alter_column("kind", new_column_name="mail", existing_type=sa.String(20), existing_nullable=False)
    with op.batch_alter_table("deliveries") as deliveries:
        columns = ["wave_id", "mail", "participant_id"]
        deliveries.create_unique_constraint(op.f("uq_deliveries_wave_id_mail_participant_id"), columns)
