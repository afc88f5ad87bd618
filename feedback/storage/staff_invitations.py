"""Who is still to be told by mail that they were given access."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.claims import claim
from feedback.storage.database import Base


class StaffInvitation(Base):
    """A mail to a member of staff that has not gone out, tried from `tell_at` on. Holds no link."""

    __tablename__ = "staff_invitations"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    invited_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    language: Mapped[str] = mapped_column(String(10))
    tell_at: Mapped[datetime]


def next_invitations(session: Session, now: datetime) -> list[int]:
    """Return the accounts to which a mail is to be tried now."""
    waiting = select(StaffInvitation.staff_id).where(StaffInvitation.tell_at <= now)
    return list(session.scalars(waiting.order_by(StaffInvitation.staff_id)))


def any_invitation(session: Session, now: datetime) -> bool:
    """Tell whether any mail is to be tried now."""
    query = select(StaffInvitation.staff_id).where(StaffInvitation.tell_at <= now).limit(1)
    return session.scalar(query) is not None


def claim_invitation(session: Session, staff_id: int, *, now: datetime, until: datetime) -> StaffInvitation | None:
    """Put a mail off before it is tried, and return it as it is; None if it is not to be sent any more."""
    if not claim(session, StaffInvitation.tell_at, StaffInvitation.staff_id == staff_id, now=now, until=until):
        return None
    return session.get_one(StaffInvitation, staff_id, populate_existing=True)


def drop_invitation(session: Session, staff_id: int, until: datetime | None = None) -> None:
    """Forget a mail whose account has lost its access; or one that has gone out, if it is as it was claimed."""
    mine = delete(StaffInvitation).where(StaffInvitation.staff_id == staff_id)
    session.execute(mine if until is None else mine.where(StaffInvitation.tell_at == until))
