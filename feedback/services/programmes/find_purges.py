"""Find the programmes that have ended and of which something is to be deleted now."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.services.programmes.purge_calendar import act_due
from feedback.storage.programme_endings import endings_to_see_to, programmes_without_names
from feedback.storage.support import idle_desks


def purges_due(session: Session, now: datetime) -> list[int]:
    """Return the programmes about whose names, or what hangs on them, there is something to do."""
    waiting = endings_to_see_to(session)
    due = [one.programme_id for one in waiting if one.purged_at is not None or act_due(session, one, now) is not None]
    return [*due, *sorted(desks_to_delete(session))]


def desks_to_delete(session: Session) -> set[int]:
    """Return the programmes without names whose desk nobody’s request needs any more."""
    return programmes_without_names(session) & idle_desks(session)
