"""End a programme: nothing is planned in it any more, and some days later the worker deletes its names.

Refused while a survey is not over, or while somebody still reads what was written in one. Taken back until the names
are gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.ending import LEAST_DAYS, MOST_DAYS, told_at
from feedback.domain.errors import EndRefused, sentence
from feedback.domain.staff import actor_of
from feedback.domain.waves.states import WaveState
from feedback.services.comments.show_released_comments import comments_state
from feedback.services.programmes.check_running import check_running
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, reading
from feedback.storage.programme_endings import end, ending_of, take_back
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import Wave, waves_of

_NOT_OVER = sentence("A survey of this programme is not over yet. This page says which, and what would end it.")
_EXAMPLE = sentence("This programme is an example, which holds nobody’s data. It does not end: delete it on its page.")
_DAYS = sentence("Names are kept for 1 to 180 days after the end.")
_GOES_ON = sentence("This programme has not ended, or somebody has taken that back already.")
_TOO_LATE = sentence("The names of this programme were deleted already, so its end cannot be taken back.")


class NotOverBecause(StrEnum):
    """Why a survey keeps its programme from ending."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSING = "closing"
    HELD = "held"
    IN_REVIEW = "in-review"


_OBSTACLES = {
    WaveState.DRAFT: NotOverBecause.PLANNED,
    WaveState.SCHEDULED: NotOverBecause.PLANNED,
    WaveState.OPEN: NotOverBecause.OPEN,
    WaveState.CLOSING: NotOverBecause.CLOSING,
    WaveState.HELD: NotOverBecause.HELD,
}


@dataclass(frozen=True)
class NotOver:
    """A survey that is not over, and why."""

    wave_id: int
    stage: str
    why: NotOverBecause


def not_over(session: Session, programme_id: int, *, now: datetime) -> tuple[NotOver, ...]:
    """Return the surveys that keep a programme from ending."""
    with reading(session):
        return surveys_not_over(session, programme_id, now)


def surveys_not_over(session: Session, programme_id: int, now: datetime) -> tuple[NotOver, ...]:
    """Return what `not_over` does, within a transaction of the caller."""
    found = ((wave, _obstacle(session, wave, now)) for wave in waves_of(session, programme_id))
    return tuple(NotOver(wave.id, wave.stage, why) for wave, why in found if why is not None)


def end_programme(session: Session, programme_id: int, days: int, *, staff_id: int, now: datetime) -> None:
    """End a programme; its names are deleted `days` days from now. Raises EndRefused, ProgrammeEnded, NotFound."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise EndRefused(_DAYS)
    programme = programme_by_id(session, programme_id)
    lock_programme(session, programme_id)
    check_running(session, programme_id)
    for wave in waves_of(session, programme_id):
        session.refresh(wave)
    if programme.is_example:
        raise EndRefused(_EXAMPLE)
    if surveys_not_over(session, programme_id, now):
        raise EndRefused(_NOT_OVER)
    zone = ZoneInfo(programme.time_zone)
    purge_on = now.astimezone(zone).date() + timedelta(days=days)
    end(session, programme_id, at=now, by=staff_id, purge_on=purge_on, tell_at=told_at(purge_on, zone, now))
    note(session, now, actor_of(staff_id), f"ended, names deleted after {days} days", f"programme {programme_id}")
    session.commit()


def take_back_end(session: Session, programme_id: int, *, now: datetime, actor: str) -> None:
    """Let a programme go on; raises EndRefused if it has not ended, or its names are deleted."""
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    if ending is None:
        raise EndRefused(_GOES_ON)
    if ending.purged_at is not None:
        raise EndRefused(_TOO_LATE)
    take_back(ending, now)
    note(session, now, actor, "took back the end", f"programme {programme_id}")
    session.commit()


def _obstacle(session: Session, wave: Wave, now: datetime) -> NotOverBecause | None:
    if wave.state == WaveState.CLOSED and comments_state(session, wave, now).until is not None:
        return NotOverBecause.IN_REVIEW
    return _OBSTACLES.get(WaveState(wave.state))
