"""Ends of programmes: since when nothing is planned any more, and from which day on nobody's name is known."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.ending import LONGEST_REASON
from feedback.storage.database import Base


class ProgrammeEnding(Base):
    """The end of one programme. `ended_by` is None where the service has ended it by itself.

    A row whose end was taken back says only when: `ended_at` and `purge_on` are None. `purge_on` is a day where the
    programme is. `tell_at` is when planners are to be told of the end, until they were, and `told_to` the last one, by
    id, who was already; `due_at` is when the worker first saw that the day is near; `purged_at` when the names were
    deleted, and `rewritten_at` when no file had them any more.
    """

    __tablename__ = "programme_endings"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (purge_on IS NULL)", name="day_of_an_end"),
        CheckConstraint("(held_at IS NULL) = (held_because IS NULL)", name="reason_of_a_hold"),
        CheckConstraint("purged_at IS NULL OR ended_at IS NOT NULL", name="purged_after_an_end"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    purge_on: Mapped[date | None]
    taken_back_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    held_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    held_because: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    tell_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    rewritten_at: Mapped[datetime | None]
    told_to: Mapped[int | None]


def ending_of(session: Session, programme_id: int) -> ProgrammeEnding | None:
    """Return the end of a programme as it is now; None if it has none, or it was taken back."""
    found = known_ending(session, programme_id)
    return None if found is None or found.ended_at is None else found


def known_ending(session: Session, programme_id: int) -> ProgrammeEnding | None:
    """Return what is known of the end of a programme, taken back or not."""
    return session.get(ProgrammeEnding, programme_id, populate_existing=True)


def endings(session: Session) -> list[ProgrammeEnding]:
    """Return the ends of all programmes that have one, by programme."""
    query = select(ProgrammeEnding).where(ProgrammeEnding.ended_at.is_not(None))
    return list(session.scalars(query.order_by(ProgrammeEnding.programme_id)))


def endings_to_see_to(session: Session) -> list[ProgrammeEnding]:
    """Return the ends whose names are not deleted, or may still be in a file, by programme."""
    waiting = select(ProgrammeEnding).where(
        ProgrammeEnding.ended_at.is_not(None), ProgrammeEnding.rewritten_at.is_(None)
    )
    return list(session.scalars(waiting.order_by(ProgrammeEnding.programme_id)))


def programmes_without_names(session: Session) -> set[int]:
    """Return the programmes whose names are in no file any more."""
    return set(session.scalars(select(ProgrammeEnding.programme_id).where(ProgrammeEnding.rewritten_at.is_not(None))))


def end(
    session: Session,
    programme_id: int,
    *,
    at: datetime,
    by: int | None,
    purge_on: date,
    tell_at: datetime | None = None,
) -> None:
    """Record that a programme has ended. Hold its lock."""
    found = known_ending(session, programme_id)
    if found is None:
        found = ProgrammeEnding(programme_id=programme_id)
        session.add(found)
    found.ended_at, found.ended_by, found.purge_on = at, by, purge_on
    tell_planners(found, tell_at)
    session.flush()


def tell_planners(ending: ProgrammeEnding, at: datetime | None) -> None:
    """Have all of them told then of the end as it is now, or nobody."""
    ending.tell_at, ending.told_to = at, None


def take_back(ending: ProgrammeEnding, at: datetime) -> None:
    """Record that a programme goes on."""
    undo_end(ending)
    ending.taken_back_at = at


def undo_end(ending: ProgrammeEnding) -> None:
    """Forget an end as if it had never been."""
    ending.ended_at = ending.ended_by = ending.purge_on = ending.due_at = None
    tell_planners(ending, None)
    ending.held_at = ending.held_by = ending.held_because = None
