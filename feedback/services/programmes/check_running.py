"""Refuse whatever plans, enrols or invites in a programme that has ended. Hold the programme's lock where it writes."""

from sqlalchemy.orm import Session

from feedback.domain.errors import ProgrammeEnded, sentence
from feedback.storage.database import reading
from feedback.storage.programme_endings import ending_of

_ENDED = sentence(
    "This programme has ended: nothing is planned in it any more, nobody is put in and nobody is invited. Until its "
    "names are deleted the end can be taken back, on the programme’s page."
)
_PURGED = sentence(
    "This programme has ended and its names were deleted. Make a new programme to ask people again; the reports stay."
)


def refuse_ended(session: Session, programme_id: int) -> None:
    """Do what `check_running` does, in a transaction of its own, before anything is filled in."""
    with reading(session):
        check_running(session, programme_id)


def check_running(session: Session, programme_id: int) -> None:
    """Raise ProgrammeEnded if a programme has ended."""
    ending = ending_of(session, programme_id)
    if ending is not None:
        raise ProgrammeEnded(_ENDED if ending.purged_at is None else _PURGED)
