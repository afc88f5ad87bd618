"""Set what a programme tells its participants in its own words."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.domain.survey.answers import LONGEST_NOTICE, clean_text
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.notices import notice_of, read_notice
from feedback.storage.programmes import programme_by_id


def show_notice(session: Session, programme_id: int) -> tuple[str, str]:
    """Return "You said, we did" and where to find help, as they are now; both may be empty."""
    with reading(session):
        return read_notice(session, programme_id)


def say_what_was_done(session: Session, programme_id: int, text: str, *, now: datetime, actor: str) -> None:
    """Set "You said, we did": plain text, with empty lines between paragraphs. PlanRefused if it is too long."""
    programme_by_id(session, programme_id)
    notice_of(session, programme_id).you_said = _clean(text)
    note(session, now, actor, "said what was done", f"programme {programme_id}")
    session.commit()


def name_help(session: Session, programme_id: int, text: str, *, now: datetime, actor: str) -> None:
    """Set where to find help, one place per line. PlanRefused if it is too long."""
    programme_by_id(session, programme_id)
    notice_of(session, programme_id).help_contacts = _clean(text)
    note(session, now, actor, "named where help is", f"programme {programme_id}")
    session.commit()


def _clean(text: str) -> str:
    if len(text) > LONGEST_NOTICE:
        raise PlanRefused(f"The text has {len(text)} characters; shorten it to {LONGEST_NOTICE}.")
    return clean_text(text)
