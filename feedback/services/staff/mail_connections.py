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
from feedback.storage.sign_in_providers import claim_connection, next_connections, settle_connection
from feedback.storage.staff import staff_by_id

_NEXT_ATTEMPT = timedelta(minutes=1)


def mail_connections(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. If the relay cannot be used it is tried again later, and MailRefused is raised."""
    for staff_id in next_connections(session, now):
        _mail(session, relay, staff_id, sender_settings, now)


def _mail(session: Session, relay: Relay, staff_id: int, sender_settings: SenderSettings, now: datetime) -> None:
    secret = secrets.token_bytes(SECRET_BYTES)
    digest, until = hashlib.sha256(secret).digest(), now + _NEXT_ATTEMPT
    asked = claim_connection(session, staff_id, digest, now=now, until=until)
    if asked is None:
        session.rollback()
        return
    message = _message(session, staff_id, *asked, to_address(secret), sender_settings)
    session.commit()
    try:
        relay.send(message, "an email on connecting an account")
    except MailRefused:
        settle_connection(session, staff_id, until, is_out=False)
        session.commit()
        raise
    settle_connection(session, staff_id, until, is_out=True)
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
