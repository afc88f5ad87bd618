"""Forms that staff sent after their session had ended, sealed to their own browser until they have signed in again."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class KeptForm(Base):
    """One form. Its browser has the secret that opens it, of which only the digest is kept."""

    __tablename__ = "kept_forms"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


def form_by_digest(session: Session, staff_id: int, digest: bytes) -> KeptForm | None:
    """Return a form that this member of staff sent; somebody else's is not found."""
    return session.scalar(select(KeptForm).where(KeptForm.digest == digest, KeptForm.staff_id == staff_id))


def drop_form(session: Session, staff_id: int, digest: bytes) -> None:
    """Delete a form of a member of staff."""
    session.execute(delete(KeptForm).where(KeptForm.digest == digest, KeptForm.staff_id == staff_id))


def drop_oldest_forms(session: Session, staff_id: int, most: int) -> None:
    """Delete all forms of a member of staff but the `most` that are kept longest."""
    mine = select(KeptForm.digest).where(KeptForm.staff_id == staff_id)
    for digest in session.scalars(mine.order_by(KeptForm.expires_at.desc(), KeptForm.digest).offset(most)).all():
        drop_form(session, staff_id, digest)


def any_expired_form(session: Session, now: datetime) -> bool:
    """Tell whether any form has been kept for long enough."""
    return session.scalar(select(KeptForm.staff_id).where(KeptForm.expires_at <= now).limit(1)) is not None


def forget_forms(session: Session, now: datetime) -> None:
    """Delete the forms that have been kept for long enough."""
    session.execute(delete(KeptForm).where(KeptForm.expires_at <= now))
