"""Refuse whatever would reach people by an example, or put real people into it. Hold its lock where it writes."""

from sqlalchemy.orm import Session

from feedback.domain.errors import ExampleRefused, sentence
from feedback.services.programmes.check_running import check_running
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id

_ASKS_NOBODY = sentence(
    "This programme is an example: its people are invented, so no survey of it opens, and nobody gets an email. Make a "
    "programme of your own to ask people."
)
_TAKES_NOBODY = sentence(
    "This programme is an example with invented people, and real ones cannot be put into it. Make a programme of your "
    "own for them."
)


def check_asks(session: Session, programme_id: int) -> None:
    """Raise ExampleRefused if a programme is an example, which asks nobody."""
    if programme_by_id(session, programme_id).is_example:
        raise ExampleRefused(_ASKS_NOBODY)


def check_takes_people(session: Session, programme_id: int) -> None:
    """Raise ExampleRefused if a programme is an example, whose people are invented, and ProgrammeEnded if it ended."""
    if programme_by_id(session, programme_id).is_example:
        raise ExampleRefused(_TAKES_NOBODY)
    check_running(session, programme_id)


def refuse_people(session: Session, programme_id: int) -> None:
    """Do what `check_takes_people` does, in a transaction of its own, before anything is filled in."""
    with reading(session):
        check_takes_people(session, programme_id)
