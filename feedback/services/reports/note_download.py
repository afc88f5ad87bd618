"""Note in the audit log that somebody took a file away. Knows no more of it than its name and what it is about."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.storage.audit_log import note

_MOST_LETTERS = 120


def note_download(session: Session, about: str, name: str = "", *, now: datetime, actor: str) -> None:
    """Record a download of what is `about` such as "wave 2", under the file's `name` if it says anything."""
    subject = f"{about}, {name}" if name else about
    note(session, now, actor, "downloaded", subject[:_MOST_LETTERS])
    session.commit()
