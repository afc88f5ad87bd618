"""Remember in which language a member of staff reads, for the mails that tell them what waits."""

from sqlalchemy.orm import Session

from feedback.storage.staff import note_language


def keep_language(session: Session, staff_id: int, language: str) -> None:
    """Record the language of the page on which somebody has signed in."""
    note_language(session, staff_id, language)
    session.commit()
