"""Tell contacts that somebody asks for support, in a mail that says no more, and destroy requests on their day."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of, stored_address
from feedback.domain.languages import ENGLISH
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.programmes import programme_by_id
from feedback.storage.scrubbing import scrub
from feedback.storage.support import (
    SupportRequest,
    destroy_expired,
    expired_requests,
    programmes_to_tell,
    tell_again,
    untold_requests,
)

_NEXT_ATTEMPT = timedelta(minutes=5)
# In the afternoon of the day after, whatever the hour of the request, so that a row tells no more than its day.
_TOLD_AGAIN = time(16)


def support_is_due(session: Session, now: datetime) -> bool:
    """Tell whether a contact is to be told, or a request to be destroyed."""
    return bool(programmes_to_tell(session, now)) or expired_requests(session, now.date())


def serve_support_desks(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Do what is due. If the relay cannot be used, contacts are told later, and MailRefused is raised."""
    if expired_requests(session, now.date()):
        destroy_expired(session, now.date())
        session.commit()
        scrub(session.get_bind().engine, SupportRequest.__tablename__)
    for programme_id in programmes_to_tell(session, now):
        _tell(session, relay, programme_id, sender_settings, now)


def _tell(session: Session, relay: Relay, programme_id: int, sender_settings: SenderSettings, now: datetime) -> None:
    asked_on = untold_requests(session, programme_id, now)
    ids, zone = [*asked_on], ZoneInfo(programme_by_id(session, programme_id).time_zone)
    message = _message(session, programme_id, f"{now:%Y%m%d}", ids, sender_settings)
    # Put off before it is tried: a worker that dies here must not write to the contact every second.
    tell_again(session, ids, now + _NEXT_ATTEMPT)
    session.commit()
    relay.send(message, "an email to a contact")
    for one, day in asked_on.items():
        again_at = datetime.combine(day + timedelta(days=1), _TOLD_AGAIN, zone).astimezone(UTC)
        tell_again(session, [one], again_at if again_at > now else None)
    session.commit()


def _message(
    session: Session, programme_id: int, day: str, ids: list[bytes], sender_settings: SenderSettings
) -> MailMessage:
    programme = programme_by_id(session, programme_id)
    name = hashlib.sha256(b"feedback/support" + day.encode() + b"".join(ids)).hexdigest()[:32]
    return MailMessage(
        recipient=stored_address(programme.contact_email),
        language=ENGLISH.code,
        name="support",
        message_id=f"<{name}@{domain_of(sender_settings.sender)}>",
        sender=sender_settings.shown_as(programme.organisation.name),
        addressee=programme.contact_name,
        values={
            "programme": programme.name,
            "number": str(programme_id),
            "page": f"{sender_settings.base_url}/staff/programmes/{programme_id}/support",
        },
    )
