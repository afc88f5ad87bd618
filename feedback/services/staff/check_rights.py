"""Whether this process may reach responses, so that it can say what it leaves to the worker."""

from sqlalchemy.orm import Session

from feedback.storage.database import reading
from feedback.storage.responses import may_destroy_responses


def may_reach_answers(session: Session) -> bool:
    """Tell whether the database lets this process open, close and destroy; staff's own role on PostgreSQL may not."""
    with reading(session):
        return may_destroy_responses(session)
