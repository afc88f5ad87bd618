"""Set what an organisation requires of its own staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.storage.audit_log import note
from feedback.storage.organisations import Organisation, known_organisation


def set_approval(session: Session, name: str, *, approves_rosters: bool, now: datetime, actor: str) -> None:
    """Set whether an organisation's rosters need a second person's approval; raise NotFound if it does not exist."""
    number = known_organisation(session, name)
    if number is None:
        raise NotFound("There is no organisation of that name; it is created with its first programme.")
    session.get_one(Organisation, number).approves_rosters = approves_rosters
    act = "asks for approved rosters" if approves_rosters else "asks for no approved rosters"
    note(session, now, actor, act, f"organisation {number}")
    session.commit()
