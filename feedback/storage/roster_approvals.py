"""Approvals of rosters: who changed a programme's roster since the last one, and which roster was approved, by whom.

What was approved is kept as one digest per person, under the person's id: enough to say what has changed since.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.api_keys import principals_behind
from feedback.storage.database import Base, JsonText


class RosterApproval(Base):
    """One programme's roster. `digest` is that of the roster that may be invited; None as soon as anything changes.

    `changed_by` names everybody who changed it since the last approval; `entries` are the lines that were approved
    last, each as [participant's id, digest of the line].
    """

    __tablename__ = "roster_approvals"
    __table_args__ = (
        CheckConstraint(
            "digest IS NULL OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)", name="approved_by_somebody"
        ),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    changed_by: Mapped[Any] = mapped_column(JsonText)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    entries: Mapped[Any] = mapped_column(JsonText, nullable=True)


def approval_of(session: Session, programme_id: int) -> RosterApproval | None:
    """Return what is known of the approval of a programme's roster, as it is now."""
    return session.get(RosterApproval, programme_id, populate_existing=True)


def note_change(session: Session, programme_id: int, actor: str) -> bool:
    """Void the approval of a roster, and remember who changed it; tell whether it is the first change since."""
    principals = principals_behind(session, actor)
    found = approval_of(session, programme_id)
    if found is None:
        session.add(RosterApproval(programme_id=programme_id, changed_by=sorted(principals)))
        session.flush()
        return True
    is_first = found.digest is not None
    found.digest = None
    found.changed_by = sorted({*found.changed_by, *principals})
    return is_first


def note_approval(
    session: Session, programme_id: int, *, digest: bytes, entries: list[list[Any]], staff_id: int, now: datetime
) -> None:
    """Record that a member of staff approved exactly the roster with this digest."""
    found = approval_of(session, programme_id)
    if found is None:
        found = RosterApproval(programme_id=programme_id)
        session.add(found)
    found.changed_by, found.entries = [], entries
    found.digest, found.approved_by, found.approved_at = digest, staff_id, now
    session.flush()


def delete_approval(session: Session, programme_id: int) -> None:
    """Delete what is known of the approval of a programme's roster."""
    session.execute(delete(RosterApproval).where(RosterApproval.programme_id == programme_id))
