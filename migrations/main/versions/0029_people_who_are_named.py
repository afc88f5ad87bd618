"""People who are named

Whom participants are told to turn to, and who alone reads their comments, are accounts; two roles for those who do
nothing else, or only read reports; and access to some programmes alone. A name is taken for the account of whoever
bears it alone; a contact without an account is given one, which opens requests for support and nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BEFORE = "role IN ('administrator', 'coordinator', 'reviewer')"
_AFTER = "role IN ('administrator', 'coordinator', 'reviewer', 'contact', 'viewer')"
_REVIEWER = """
SELECT min(staff.id) FROM staff WHERE staff.name = {table}.reviewer_name AND staff.role = 'reviewer'
AND NOT staff.is_removed AND staff.organisation_id = {organisation} HAVING count(*) = 1
"""
_OF_A_WAVE = "(SELECT organisation_id FROM programmes WHERE programmes.id = waves.programme_id)"


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("is_limited", sa.Boolean(), nullable=False, server_default=sa.false()))
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), _AFTER)
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("is_limited", server_default=None)
    op.create_table(
        "staff_programmes",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_programmes_staff_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_staff_programmes_programme_id")),
        sa.PrimaryKeyConstraint("staff_id", "programme_id", name=op.f("pk_staff_programmes")),
    )
    with op.batch_alter_table("programmes") as programmes:
        for name in ("contact_id", "reviewer_id"):
            programmes.add_column(sa.Column(name, sa.Integer(), nullable=True))
    with op.batch_alter_table("waves") as waves:
        waves.add_column(sa.Column("reviewer_id", sa.Integer(), nullable=True))
        waves.add_column(sa.Column("reviewer_left", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("waves") as waves:
        waves.alter_column("reviewer_left", server_default=None)
    for table, organisation in (("programmes", "programmes.organisation_id"), ("waves", _OF_A_WAVE)):
        found = _REVIEWER.format(table=table, organisation=organisation)
        op.execute(f"UPDATE {table} SET reviewer_id = ({found})")
    _find_contacts()


def _find_contacts() -> None:
    known: dict[tuple[int, str], int | None] = {}
    accounts = op.get_bind().execute(sa.text("SELECT id, organisation_id, email, is_removed FROM staff ORDER BY id"))
    for number, organisation_id, email, is_removed in accounts.all():
        known[organisation_id, email.lower()] = None if is_removed else number
    query = "SELECT id, organisation_id, contact_name, contact_email FROM programmes ORDER BY id"
    for number, organisation_id, name, email in op.get_bind().execute(sa.text(query)).all():
        at = (organisation_id, email.lower())
        if at not in known:
            known[at] = _new_contact(organisation_id, name, email)
        op.get_bind().execute(
            sa.text("UPDATE programmes SET contact_id = :contact WHERE id = :id"), {"contact": known[at], "id": number}
        )


def _new_contact(organisation_id: int, name: str, email: str) -> int:
    insert = """
INSERT INTO staff (organisation_id, name, email, role, is_removed, is_limited)
VALUES (:organisation_id, :name, :email, 'contact', false, false) RETURNING id
"""
    values = {"organisation_id": organisation_id, "name": name, "email": email.lower()}
    return int(op.get_bind().execute(sa.text(insert), values).scalar_one())


def downgrade() -> None:
    with op.batch_alter_table("waves") as waves:
        waves.drop_column("reviewer_id")
        waves.drop_column("reviewer_left")
    with op.batch_alter_table("programmes") as programmes:
        for name in ("contact_id", "reviewer_id"):
            programmes.drop_column(name)
    op.drop_table("staff_programmes")
    # An older version knows neither these roles nor limits: it would let these people in where they may not go.
    op.execute("UPDATE staff SET is_removed = true WHERE is_limited")
    op.execute("UPDATE staff SET is_removed = true, role = 'coordinator' WHERE role IN ('contact', 'viewer')")
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("is_limited")
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), _BEFORE)
