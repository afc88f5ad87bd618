"""The end of a programme: for how long its names are kept after it, and what the worker does about that when."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

USUAL_DAYS = 30
"""So many days after a programme's end its names are deleted, unless somebody chose otherwise."""
MOST_DAYS = 180
LEAST_DAYS = 1
"""One day is left to take an end back, and to notice a clock that is wrong."""
LONGEST_REASON = 500
TOLD_BEFORE = timedelta(days=30)
"""So long before names are deleted planners are told by mail, or at the end, if that is later."""
NOTICE = timedelta(days=1)
"""So long before names are deleted the worker has seen it coming: a clock that jumps deletes nothing at once."""


def told_at(purge_on: date, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when planners are to be told that names are deleted on a day."""
    return max(now, datetime.combine(purge_on - TOLD_BEFORE, time(), zone))


class PurgeAct(StrEnum):
    """What there is to do about names that are to be deleted."""

    NOTICE = "notice"
    FORGET_NOTICE = "forget-notice"
    DELETE = "delete"


def purge_act(purge_on: date, due_at: datetime | None, zone: ZoneInfo, now: datetime) -> PurgeAct | None:
    """Return what to do about names that are deleted on a day; `due_at` is when it was seen that it is near.

    From the day before, the worker notices that; a whole day later, and not before the day itself, they are deleted.
    What a clock that went back since has noticed is forgotten.
    """
    is_near = now >= datetime.combine(purge_on - NOTICE, time(), zone)
    if not is_near:
        return None if due_at is None else PurgeAct.FORGET_NOTICE
    if due_at is None or due_at > now:
        return PurgeAct.NOTICE
    has_come = now.astimezone(zone).date() >= purge_on and now >= due_at + NOTICE
    return PurgeAct.DELETE if has_come else None
