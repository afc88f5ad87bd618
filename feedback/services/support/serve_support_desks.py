"""Have contacts told that somebody asks for support, in a mail that says no more; destroy requests on their day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.storage.database import lock_programme
from feedback.storage.programmes import programme_by_id
from feedback.storage.scrubbing import scrub
from feedback.storage.staff_letters import tell_contact_at
from feedback.storage.support import (
    SupportRequest,
    destroy_expired,
    expired_requests,
    programmes_to_tell,
    tell_again,
    untold_requests,
)

# In the afternoon of the day after, whatever the hour of the request, so that a row tells no more than its day.
_TOLD_AGAIN = time(16)


def support_is_due(session: Session, now: datetime) -> bool:
    """Tell whether a contact is to be told, or a request to be destroyed."""
    return bool(programmes_to_tell(session, now)) or expired_requests(session, now.date())


def serve_support_desks(session: Session, *, now: datetime) -> None:
    """Do what is due. The mails go out with all others to staff."""
    if expired_requests(session, now.date()):
        destroy_expired(session, now.date())
        session.commit()
        scrub(session.get_bind().engine, SupportRequest.__tablename__)
    for programme_id in programmes_to_tell(session, now):
        session.rollback()
        lock_programme(session, programme_id)
        _tell(session, programme_id, now)
        session.commit()


def _tell(session: Session, programme_id: int, now: datetime) -> None:
    asked_on = untold_requests(session, programme_id, now)
    if not asked_on:
        return
    zone = ZoneInfo(programme_by_id(session, programme_id).time_zone)
    tell_contact_at(session, programme_id, now)
    for one, day in asked_on.items():
        again_at = datetime.combine(day + timedelta(days=1), _TOLD_AGAIN, zone).astimezone(UTC)
        tell_again(session, [one], again_at if again_at > now else None)
