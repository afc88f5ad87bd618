"""Tell people by mail that they were given access.

The mail holds no link that signs in: they ask for one themselves.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.languages import address_in, spoken_language
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.organisations import organisations
from feedback.storage.staff import staff_by_id
from feedback.storage.staff_invitations import StaffInvitation, claim_invitation, drop_invitation, next_invitations

_NEXT_ATTEMPT = timedelta(minutes=5)


def tell_invited(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. If the relay cannot be used it is tried again later, and MailRefused is raised."""
    until = now + _NEXT_ATTEMPT
    for staff_id in next_invitations(session, now):
        invitation = claim_invitation(session, staff_id, now=now, until=until)
        message = None if invitation is None else _message(session, invitation, sender_settings)
        session.commit()
        if message is not None:
            relay.send(message, "an invitation to staff")
            drop_invitation(session, staff_id, until)
            session.commit()


def _message(session: Session, invitation: StaffInvitation, sender_settings: SenderSettings) -> MailMessage:
    member, inviter = (staff_by_id(session, one) for one in (invitation.staff_id, invitation.invited_by))
    # Rows that the invitation's own foreign keys hold.
    assert member is not None  # noqa: S101
    assert inviter is not None  # noqa: S101
    language, names = spoken_language(invitation.language), {one.id: one.name for one in organisations(session)}
    organisation = names[member.organisation_id]
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name="access",
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(organisation),
        addressee=member.name,
        values={
            "organisation": organisation,
            "inviter": inviter.name,
            "role": member.role,
            "page": address_in(f"{sender_settings.base_url}/staff/sign-in", language),
        },
    )
