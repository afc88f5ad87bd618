"""Set where a programme tells its participants that help is, in its own words."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.survey.answers import LONGEST_NOTICE, clean_text
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.notices import help_contacts_of, notice_of
from feedback.storage.programmes import programme_by_id


def show_help(session: Session, programme_id: int) -> str:
    """Return where help is, as it is now, or nothing."""
    with reading(session):
        return help_contacts_of(session, programme_id)


def name_help(session: Session, programme_id: int, text: str, *, now: datetime, actor: str) -> None:
    """Set where to find help, one place per line. PlanRefused if it is too long."""
    programme_by_id(session, programme_id)
    notice_of(session, programme_id).help_contacts = clean_notice(text)
    note(session, now, actor, "named where help is", f"programme {programme_id}")
    session.commit()


def clean_notice(text: str) -> str:
    """Return a programme's own words as they are kept, or raise PlanRefused if they are too long."""
    if len(text) > LONGEST_NOTICE:
        raise PlanRefused(f"The text has {len(text)} characters; shorten it to {LONGEST_NOTICE}.")
    return clean_text(text)
