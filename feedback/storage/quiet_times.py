"""The quiet times of programmes. A programme without a row has none: it is older than they are."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.waves.quiet_times import NO_QUIET_TIMES, QuietTimes, quiet_times_from, quiet_times_record
from feedback.domain.waves.schedule import Hours
from feedback.storage.database import Base, JsonText
from feedback.storage.programmes import Programme, programme_by_id


class StoredQuietTimes(Base):
    """When no mail of a programme goes out."""

    __tablename__ = "quiet_times"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    definition: Mapped[Any] = mapped_column(JsonText)


def quiet_times_of(session: Session, programme_id: int) -> QuietTimes:
    """Return the quiet times of a programme as they are now."""
    found = session.get(StoredQuietTimes, programme_id, populate_existing=True)
    return NO_QUIET_TIMES if found is None else quiet_times_from(found.definition)


def store_quiet_times(session: Session, programme_id: int, quiet: QuietTimes) -> None:
    """Replace the quiet times of a programme."""
    found = session.get(StoredQuietTimes, programme_id)
    record = quiet_times_record(quiet)
    if found is None:
        session.add(StoredQuietTimes(programme_id=programme_id, definition=record))
    else:
        found.definition = record


def hours_of(session: Session, programme_id: int) -> Hours:
    """Return the clocks and quiet times of a programme."""
    programme: Programme = programme_by_id(session, programme_id)
    return Hours(ZoneInfo(programme.time_zone), quiet_times_of(session, programme_id))
