"""One spelling of an address

Staff were invited at whatever was typed, in small letters. A domain of other letters than ASCII's now stands as in
DNS, as rosters always had it: by any other spelling nobody would be found.
"""

import sqlalchemy as sa
from alembic import op

from feedback.domain.address import address_or_none

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STAFF = sa.table("staff", sa.column("id"), sa.column("organisation_id"), sa.column("email"))


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(_STAFF).order_by(_STAFF.c.id)).all()
    taken = {(row.organisation_id, row.email) for row in rows}
    for row in rows:
        address = address_or_none(row.email)
        # Who was invited at both spellings is two members of staff, and the program cannot choose between them.
        if address is not None and (row.organisation_id, address) not in taken:
            connection.execute(sa.update(_STAFF).where(_STAFF.c.id == row.id).values(email=address))
            taken.add((row.organisation_id, address))


def downgrade() -> None:
    """Change nothing: the same mailbox, by a spelling that could be typed before too."""
