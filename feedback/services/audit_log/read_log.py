"""Read the audit log, and take it away. Reading it is not noted; taking it away is."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.log_chain import SUBJECT, Link, LoggedAct
from feedback.domain.log_filter import LogFilter
from feedback.storage.audit_log import entries, note
from feedback.storage.audit_log_chain import as_covered, links
from feedback.storage.database import reading
from feedback.storage.organisations import known_organisation

_EXPORTED = "exported the audit log"


def read_log(session: Session, wanted: LogFilter, *, most: int | None = None, offset: int = 0) -> list[LoggedAct]:
    """Return the entries that are asked for, the newest first: `most` of them from `offset` on, or all."""
    with reading(session):
        return [as_covered(entry) for entry in entries(session, wanted, most=most, offset=offset)]


def number_of_organisation(session: Session, name: str) -> int:
    """Return the id of the organisation called `name`, or raise NotFound."""
    with reading(session):
        found = known_organisation(session, name)
    if found is None:
        raise NotFound(f"There is no organisation called {name}.")
    return found


def read_chain(session: Session) -> list[Link]:
    """Return the whole chain, each link with its entry while there is one."""
    with reading(session):
        return list(links(session))


def note_export(session: Session, organisation_id: int | None, *, now: datetime, actor: str) -> None:
    """Record that somebody took the log away: an organisation's, or the installation's."""
    note(session, now, actor, _EXPORTED, SUBJECT if organisation_id is None else f"organisation {organisation_id}")
    session.commit()
