"""The audit log: what staff and the service did, and when. Never what a participant did."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class LogEntry(Base):
    """One act. `actor` is "staff 3", "command line" or "service"; `subject` is such as "wave 2"."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))


def note(session: Session, at: datetime, actor: str, act: str, subject: str) -> None:
    """Record one act, in the transaction that performs it."""
    session.add(LogEntry(at=at, actor=actor, act=act, subject=subject))
