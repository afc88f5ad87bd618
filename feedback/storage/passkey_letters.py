"""Who is still to be told by mail that their passkeys were removed."""

from datetime import datetime

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class PasskeyLetter(Base):
    """A mail to a member of staff that has not gone out, tried from `tell_at` on. Holds no link."""

    __tablename__ = "passkey_letters"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    removed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    tell_at: Mapped[datetime]


def next_passkey_letters(session: Session, now: datetime) -> list[PasskeyLetter]:
    """Return the mails that are to be tried now, by account."""
    waiting = select(PasskeyLetter).where(PasskeyLetter.tell_at <= now)
    return list(session.scalars(waiting.order_by(PasskeyLetter.staff_id)))


def any_passkey_letter(session: Session, now: datetime) -> bool:
    """Tell whether any mail is to be tried now."""
    return session.scalar(select(PasskeyLetter.staff_id).where(PasskeyLetter.tell_at <= now).limit(1)) is not None


def put_off_passkey_letter(session: Session, staff_id: int, at: datetime) -> None:
    """Put a mail off."""
    session.execute(update(PasskeyLetter).where(PasskeyLetter.staff_id == staff_id).values(tell_at=at))


def drop_passkey_letter(session: Session, staff_id: int) -> None:
    """Forget a mail that has gone out, or whose account has lost its access."""
    session.execute(delete(PasskeyLetter).where(PasskeyLetter.staff_id == staff_id))
