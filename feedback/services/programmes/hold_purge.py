"""Put the deletion of a programme's names on hold, with a reason, and let it go on: what administrators do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.ending import LONGEST_REASON, told_at
from feedback.domain.errors import EndRefused, sentence
from feedback.domain.staff import actor_of
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.programme_endings import ProgrammeEnding, ending_of, tell_planners
from feedback.storage.programmes import programme_by_id

_NOTHING_TO_HOLD = sentence("This programme has not ended, or its names were deleted already. Nothing has changed.")
_IS_HELD = sentence("The deletion is on hold already. This page says since when, and why.")
_IS_NOT_HELD = sentence("The deletion is not on hold any more. This page says when names are deleted.")
_NO_REASON = sentence("Write the reason, in at most 500 characters: whoever looks at the programme reads it.")


def hold_purge(session: Session, programme_id: int, reason: str, *, staff_id: int, now: datetime) -> None:
    """Keep a programme's names past their day until the hold is lifted; raises EndRefused."""
    reason = " ".join(reason.split())
    if not reason or not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise EndRefused(_NO_REASON)
    ending = _locked(session, programme_id)
    if ending.held_at is not None:
        raise EndRefused(_IS_HELD)
    ending.held_at, ending.held_by, ending.held_because = now, staff_id, reason
    ending.due_at = None
    # Not why: somebody may write there what belongs in no log.
    note(session, now, actor_of(staff_id), "put the deletion of names on hold", f"programme {programme_id}")
    session.commit()


def lift_hold(session: Session, programme_id: int, *, staff_id: int, now: datetime) -> None:
    """Let names be deleted on their day, or tomorrow if that is past; raises EndRefused."""
    ending = _locked(session, programme_id)
    if ending.held_at is None or ending.purge_on is None:
        raise EndRefused(_IS_NOT_HELD)
    zone = ZoneInfo(programme_by_id(session, programme_id).time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    ending.purge_on = max(ending.purge_on, tomorrow)
    ending.held_at = ending.held_by = ending.held_because = None
    tell_planners(ending, told_at(ending.purge_on, zone, now))
    note(session, now, actor_of(staff_id), "let the deletion of names go on", f"programme {programme_id}")
    session.commit()


def _locked(session: Session, programme_id: int) -> ProgrammeEnding:
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    if ending is None or ending.purged_at is not None:
        raise EndRefused(_NOTHING_TO_HOLD)
    return ending
