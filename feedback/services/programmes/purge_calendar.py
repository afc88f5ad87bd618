"""Say what there is to do about the names of a programme that has ended."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.ending import PurgeAct, purge_act
from feedback.storage.programme_endings import ProgrammeEnding
from feedback.storage.programmes import programme_by_id


def act_due(session: Session, ending: ProgrammeEnding, now: datetime) -> PurgeAct | None:
    """Return what there is to do now; None for what is on hold, and once the names are gone."""
    if ending.purge_on is None or ending.purged_at is not None or ending.held_at is not None:
        return None
    zone = ZoneInfo(programme_by_id(session, ending.programme_id).time_zone)
    return purge_act(ending.purge_on, ending.due_at, zone, now)
