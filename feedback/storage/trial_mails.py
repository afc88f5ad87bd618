"""Emails of a survey that staff have sent to themselves. Nothing of it lies with the mails to participants."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.claims import claim
from feedback.storage.database import Base

TRIED = "asked for test emails"
"""What the audit log says of it, for longer than rows stay here."""


class TrialMails(Base):
    """What one account wants to get: the emails of a wave to one role, in one language.

    Tried from `try_at` on, which is None once all are sent; so many as `sent_count` are. The row stays for a while, to
    be counted.
    """

    __tablename__ = "trial_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    role: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    try_at: Mapped[datetime | None]
    sent_count: Mapped[int] = mapped_column(default=0)


def count_trial_mails(session: Session, staff_id: int, since: datetime) -> int:
    """Return how often an account has asked since then."""
    mine = (TrialMails.staff_id == staff_id, TrialMails.asked_at > since)
    return session.scalar(select(func.count(TrialMails.id)).where(*mine)) or 0


def waits_already(session: Session, staff_id: int, wave_id: int, role: str, language: str) -> bool:
    """Tell whether an account waits for the very same."""
    same = (TrialMails.staff_id == staff_id, TrialMails.wave_id == wave_id)
    written = (TrialMails.role == role, TrialMails.language == language, TrialMails.try_at.is_not(None))
    return session.scalar(select(TrialMails.id).where(*same, *written).limit(1)) is not None


def next_trial_mails(session: Session, now: datetime) -> list[TrialMails]:
    """Return what is to be tried now, the longest waiting first."""
    return list(session.scalars(select(TrialMails).where(TrialMails.try_at <= now).order_by(TrialMails.id)))


def any_trial_mail(session: Session, now: datetime) -> bool:
    """Tell whether any is to be tried now."""
    return session.scalar(select(TrialMails.id).where(TrialMails.try_at <= now).limit(1)) is not None


def claim_trial_mails(session: Session, number: int, *, now: datetime, until: datetime) -> bool:
    """Put what is due off before it is tried; False if another worker was faster."""
    return claim(session, TrialMails.try_at, TrialMails.id == number, now=now, until=until)


def note_trial_mail(session: Session, number: int, sent_count: int) -> None:
    """Record how many of the emails are sent."""
    session.execute(update(TrialMails).where(TrialMails.id == number).values(sent_count=sent_count))


def finish_trial_mails(session: Session, number: int) -> None:
    """Record that nothing more of it is to be sent."""
    session.execute(update(TrialMails).where(TrialMails.id == number).values(try_at=None))


def any_trial_mail_before(session: Session, moment: datetime) -> bool:
    """Tell whether anything asked for before a moment is left."""
    return session.scalar(select(TrialMails.id).where(TrialMails.asked_at <= moment).limit(1)) is not None


def forget_trial_mails(session: Session, moment: datetime) -> None:
    """Delete what was asked for before a moment."""
    session.execute(delete(TrialMails).where(TrialMails.asked_at <= moment))
