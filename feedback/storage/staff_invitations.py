"""Who is still to be told by mail that they were given access."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class StaffInvitation(Base):
    """A mail to a member of staff that has not gone out, tried from `tell_at` on. Holds no link."""

    __tablename__ = "staff_invitations"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    invited_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    language: Mapped[str] = mapped_column(String(10))
    tell_at: Mapped[datetime]


def next_invitations(session: Session, now: datetime) -> list[StaffInvitation]:
    """Return the mails that are to be tried now, by account."""
    waiting = select(StaffInvitation).where(StaffInvitation.tell_at <= now)
    return list(session.scalars(waiting.order_by(StaffInvitation.staff_id)))


def any_invitation(session: Session, now: datetime) -> bool:
    """Tell whether any mail is to be tried now."""
    query = select(StaffInvitation.staff_id).where(StaffInvitation.tell_at <= now).limit(1)
    return session.scalar(query) is not None


def tell_later(session: Session, staff_id: int, at: datetime) -> None:
    """Put a mail off."""
    session.execute(update(StaffInvitation).where(StaffInvitation.staff_id == staff_id).values(tell_at=at))


def drop_invitation(session: Session, staff_id: int) -> None:
    """Forget a mail that has gone out, or whose account has lost its access."""
    session.execute(delete(StaffInvitation).where(StaffInvitation.staff_id == staff_id))
