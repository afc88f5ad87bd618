"""The names on a programme's roster, for the reviewer's page to mark. Never sees a comment.

Only names leave: sorted, each once, with no id, role or cohort that could tie one to anything.
"""

from collections.abc import Hashable

from sqlalchemy.orm import Session

from feedback.storage.database import reading
from feedback.storage.people import roster_names, roster_names_mark
from feedback.storage.waves import wave_by_id


def names_on_roster(session: Session, wave_id: int) -> tuple[str, ...]:
    """Return the names of everybody who is or was in a wave's programme, or raise NotFound."""
    with reading(session):
        return tuple(roster_names(session, wave_by_id(session, wave_id).programme_id))


def mark_of_names(session: Session, wave_id: int) -> Hashable:
    """Return what changes with `names_on_roster`, but for a name that another of the same length replaces."""
    with reading(session):
        return roster_names_mark(session, wave_by_id(session, wave_id).programme_id)
