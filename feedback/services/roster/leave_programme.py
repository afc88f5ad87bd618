"""Record that somebody has left a programme: no more mail; an answer already given stays, as nobody can find it."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import address_or_none
from feedback.domain.errors import NotFound
from feedback.services.programmes.check_running import check_running
from feedback.services.roster.note_roster_change import note_roster_change
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.people import mark_left, people_at


def leave_programme(session: Session, programme_id: int, email: str, *, now: datetime, actor: str) -> None:
    """Mark the person with this address as having left, in every role; raise NotFound if there is none."""
    lock_programme(session, programme_id)
    check_running(session, programme_id)
    leaving = [person.id for person in people_at(session, programme_id, address_or_none(email))]
    if not leaving:
        raise NotFound("Nobody in this programme has that address.")
    mark_left(session, leaving)
    note_roster_change(session, programme_id, actor, now=now)
    note(session, now, actor, "somebody left", f"programme {programme_id}")
    session.commit()
