"""Note in the audit log that somebody took a file away. Knows no more of it than its name."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.storage.audit_log import note


def note_download(session: Session, subject: str, *, now: datetime, actor: str) -> None:
    """Record a download; `subject` is the file's name, or what it was made of."""
    note(session, now, actor, "downloaded", subject)
    session.commit()
