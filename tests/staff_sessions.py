"""Sessions of staff, begun without a browser."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.staff import Beginning
from feedback.services.staff.begin_sessions import NewSession, add_session
from feedback.services.staff.sign_in import sign_in


def begin_session(session: Session, staff_id: int, beginning: Beginning, *, now: datetime) -> str:
    """Begin a session of an account and return what its cookie must hold."""
    begun = add_session(session, staff_id, beginning, now=now)
    session.commit()
    return begun.secret


def use_link(session: Session, token: str, *, now: datetime) -> NewSession:
    """Sign in by a link, where the clock of sessions is that of programmes."""
    return sign_in(session, token, now=now, begun_at=now)
