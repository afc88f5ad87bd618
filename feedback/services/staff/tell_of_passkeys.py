"""Tell people by mail what was done with their passkeys, or that a provider signs them in: nothing stays unseen.

No mail holds a link that signs in: they ask for one themselves.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.languages import ENGLISH, address_in, spoken_language
from feedback.domain.providers import host_of
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import (
    PasskeyLetter,
    claim_passkey_letter,
    drop_passkey_letter,
    next_passkey_letters,
)
from feedback.storage.sign_in_providers import issuer_of
from feedback.storage.staff import staff_by_id

_NEXT_ATTEMPT = timedelta(minutes=5)


def tell_of_passkeys(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. If the relay cannot be used it is tried again later, and MailRefused is raised."""
    until = now + _NEXT_ATTEMPT
    for staff_id, news in next_passkey_letters(session, now):
        letter = claim_passkey_letter(session, staff_id, news, now=now, until=until)
        message = None if letter is None else _message(session, letter, sender_settings)
        session.commit()
        if message is not None:
            relay.send(message, "an email on passkeys")
            drop_passkey_letter(session, staff_id, news, until)
            session.commit()


def _message(session: Session, letter: PasskeyLetter, sender_settings: SenderSettings) -> MailMessage:
    member = staff_by_id(session, letter.staff_id)
    remover = staff_by_id(session, letter.removed_by) if letter.removed_by else None
    # A row that the letter's own foreign key holds.
    assert member is not None  # noqa: S101
    language = spoken_language(member.language or ENGLISH.code)
    organisation = session.get_one(Organisation, member.organisation_id)
    issuer = issuer_of(session, organisation.id)
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name=letter.kind,
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(organisation.name),
        addressee=member.name,
        values={
            "organisation": organisation.name,
            "administrator": remover.name if remover else None,
            "is_demanded": "yes" if organisation.demands_passkeys else None,
            "provider": host_of(issuer) if issuer else None,
            "page": address_in(f"{sender_settings.base_url}/staff/sign-in", language),
        },
    )
