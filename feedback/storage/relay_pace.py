"""When the relay may be given more mails. One row, which all workers on all machines share."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base, insert_or_keep

_ROW = 1


class RelayPace(Base):
    """The end of the last turn that was taken."""

    __tablename__ = "relay_pace"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    free_at: Mapped[datetime]


def take_turn(session: Session, now: datetime, length: timedelta) -> datetime:
    """Take the next free turn of that `length`, and return when it begins: `now`, or later."""
    session.execute(insert_or_keep(session.get_bind().dialect, RelayPace, id=_ROW, free_at=now))
    row = session.scalars(select(RelayPace).with_for_update().execution_options(populate_existing=True)).one()
    begins_at = max(row.free_at, now)
    row.free_at = begins_at + length
    return begins_at


def next_turn_at(session: Session) -> datetime | None:
    """Return when the next turn is free, or None if none was ever taken."""
    return session.scalar(select(RelayPace.free_at))
