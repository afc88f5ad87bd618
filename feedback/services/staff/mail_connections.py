"""Ask owners of accounts by mail whether somebody whom a provider knows by their address is they."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.languages import address_in, spoken_language
from feedback.domain.links import SECRET_BYTES, to_address
from feedback.domain.log_chain import SERVICE
from feedback.domain.providers import host_of
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.staff.connect_accounts import LIFETIME
from feedback.storage.audit_log import note
from feedback.storage.organisations import Organisation
from feedback.storage.sign_in_providers import next_connections, set_connection
from feedback.storage.staff import staff_by_id

_NEXT_ATTEMPT = timedelta(minutes=1)


def mail_connections(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. If the relay cannot be used it is tried again later, and MailRefused is raised."""
    for staff_id, issuer, language in next_connections(session, now):
        secret = secrets.token_bytes(SECRET_BYTES)
        message = _message(session, staff_id, issuer, language, to_address(secret), sender_settings)
        # Put off before it is tried: a worker that dies here must not write every second.
        digest = hashlib.sha256(secret).digest()
        set_connection(session, staff_id, tell_at=now + _NEXT_ATTEMPT, digest=digest)
        session.commit()
        try:
            relay.send(message, "an email on connecting an account")
        except MailRefused:
            set_connection(session, staff_id, digest=None)
            session.commit()
            raise
        set_connection(session, staff_id, tell_at=None)
        note(session, now, SERVICE, "mailed a link to connect an account", f"staff {staff_id}")
        session.commit()


def _message(
    session: Session, staff_id: int, issuer: str, language_code: str, token: str, sender_settings: SenderSettings
) -> MailMessage:
    member, language = staff_by_id(session, staff_id), spoken_language(language_code)
    # A row that a foreign key holds.
    assert member is not None  # noqa: S101
    organisation = session.get_one(Organisation, member.organisation_id)
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name="connect-account",
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(organisation.name),
        addressee=member.name,
        values={
            "organisation": organisation.name,
            "provider": host_of(issuer),
            "page": address_in(f"{sender_settings.base_url}/staff/connect/{token}", language),
            "minutes": str(LIFETIME // timedelta(minutes=1)),
        },
    )
