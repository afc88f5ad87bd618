"""Record that somebody has left a programme: no more mail; an answer already given stays, as nobody can find it."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.people import known_people, mark_left
from feedback.storage.roster_approvals import note_change


def leave_programme(session: Session, programme_id: int, email: str, *, now: datetime, actor: str) -> None:
    """Mark the person with this address as having left, in every role; raise NotFound if there is none."""
    lock_programme(session, programme_id)
    people = known_people(session, programme_id)
    leaving = [person.id for (address, _role), person in people.items() if address == email.strip().lower()]
    if not leaving:
        raise NotFound("Nobody in this programme has that address.")
    mark_left(session, leaving)
    note_change(session, programme_id, actor)
    note(session, now, actor, "somebody left", f"programme {programme_id}")
    session.commit()
