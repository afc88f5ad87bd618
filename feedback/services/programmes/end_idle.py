"""End programmes in which nothing has happened for long: retention runs by itself, and is announced like any other end.

Such an end leaves 30 days, of which planners are told by mail; they can take it back, and an administrator can put the
deletion on hold. An end that a clock set in the future has made is undone once the clock is right.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.ending import USUAL_DAYS
from feedback.domain.log_chain import SERVICE
from feedback.services.programmes.end_programme import surveys_not_over
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.idle_programmes import idle_programmes
from feedback.storage.programme_endings import end, ending_of, endings, undo_end
from feedback.storage.programmes import programme_by_id


def end_idle(session: Session, *, days: int, now: datetime) -> None:
    """End each programme of which nothing is under way and nothing has changed for `days` days."""
    for ending in endings(session):
        if ending.ended_by is None and ending.ended_at is not None and ending.ended_at > now:
            _undo(session, ending.programme_id, now)
    for programme_id in idle_programmes(session, now - timedelta(days=days)):
        session.rollback()
        _end(session, programme_id, now - timedelta(days=days), now)


def _end(session: Session, programme_id: int, since: datetime, now: datetime) -> None:
    lock_programme(session, programme_id)
    # Again under the lock: somebody may have planned meanwhile.
    if programme_id in idle_programmes(session, since) and not surveys_not_over(session, programme_id, now):
        zone = ZoneInfo(programme_by_id(session, programme_id).time_zone)
        purge_on = now.astimezone(zone).date() + timedelta(days=USUAL_DAYS)
        end(session, programme_id, at=now, by=None, purge_on=purge_on, tell_at=now)
        note(session, now, SERVICE, "ended: nothing has happened for long", f"programme {programme_id}")
    session.commit()


def _undo(session: Session, programme_id: int, now: datetime) -> None:
    session.rollback()
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    if ending is not None and ending.ended_at is not None and ending.ended_at > now and ending.purged_at is None:
        undo_end(ending)
        note(session, now, SERVICE, "undid an end in the future", f"programme {programme_id}")
    session.commit()
