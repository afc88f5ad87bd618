"""Tell an old address that mails with a link go elsewhere from now on: whoever still reads it can object."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.languages import spoken_language
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.address_corrections import FormerAddress, addresses_to_tell, claim_notice, forget
from feedback.storage.programmes import programme_by_id

_NEXT_ATTEMPT = timedelta(minutes=5)


def tell_former_addresses(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due; a mail that is refused for good is let go. Raises MailRefused if the relay cannot be used."""
    until = now + _NEXT_ATTEMPT
    for one in addresses_to_tell(session, now):
        message = _message(session, one, sender_settings) if claim_notice(session, one, now=now, until=until) else None
        session.commit()
        if message is not None:
            relay.send(message, "a notice to an old address")
            forget(session, one, until)
            session.commit()


def _message(session: Session, one: FormerAddress, sender_settings: SenderSettings) -> MailMessage:
    programme = programme_by_id(session, one.programme_id)
    organisation = programme.organisation
    name = hashlib.sha256(f"feedback/former/{one.participant_id}/{one.email}".encode()).hexdigest()[:32]
    return MailMessage(
        recipient=one.email,
        language=spoken_language(one.language).code,
        name="corrected",
        message_id=f"<{name}@{domain_of(sender_settings.sender)}>",
        sender=sender_settings.shown_as(organisation.name),
        addressee=one.name,
        values={
            "organisation": organisation.name,
            "programme": programme.name,
            "contact_name": programme.contact_name,
            "contact_email": programme.contact_email,
        },
    )
