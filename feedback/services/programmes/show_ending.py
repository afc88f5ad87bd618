"""Say when a programme ended and when its names are deleted, or were."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback.storage.programme_endings import ProgrammeEnding, ending_of
from feedback.storage.staff import staff_by_id


@dataclass(frozen=True)
class EndingView:
    """The end of a programme. `ended_by` is a name, "" where the service ended it by itself; `purge_on` is a day.

    Once names are deleted, `purged_at` is when; while that is on hold, `held_because` is why, by whom and since when.
    """

    ended_at: datetime
    ended_by: str
    purge_on: date
    purged_at: datetime | None
    held_at: datetime | None
    held_by: str
    held_because: str

    @property
    def is_by_itself(self) -> bool:
        """Whether nobody has asked for the end."""
        return not self.ended_by


def ending_view(session: Session, programme_id: int) -> EndingView | None:
    """Return the end of a programme, or None if it goes on, within a transaction of the caller."""
    found = ending_of(session, programme_id)
    return None if found is None else _view(session, found)


def _view(session: Session, found: ProgrammeEnding) -> EndingView | None:
    if found.ended_at is None or found.purge_on is None:
        return None
    return EndingView(
        ended_at=found.ended_at,
        ended_by=_name(session, found.ended_by),
        purge_on=found.purge_on,
        purged_at=found.purged_at,
        held_at=found.held_at,
        held_by=_name(session, found.held_by),
        held_because=found.held_because or "",
    )


def _name(session: Session, staff_id: int | None) -> str:
    member = staff_by_id(session, staff_id) if staff_id is not None else None
    return member.name if member else ""
