"""Tell administrators by mail that the service does nothing until whoever runs it has looked: once for each time.

It goes out at any hour and past the queue, which waits as all else does.
"""

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.languages import ENGLISH, address_in, spoken_language
from feedback.domain.staff import StaffRole
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.heartbeat import Halt, record_told_halt, told_halt
from feedback.storage.organisations import Organisation
from feedback.storage.staff import StaffMember, staff_everywhere


def tell_of_halt(session: Session, relay: Relay, halt: Halt, *, sender_settings: SenderSettings) -> None:
    """Tell all of them, unless they were told; raise MailRefused if they are to be told later."""
    if told_halt(session) == halt:
        return
    # Noted before it is tried: of several workers one tells, and one that dies here does not write every second.
    record_told_halt(session, halt)
    messages = [
        _message(session, one, halt, sender_settings) for one in staff_everywhere(session, StaffRole.ADMINISTRATOR)
    ]
    session.rollback()
    if not messages:
        return
    try:
        with relay.connect() as smtp:
            went = [smtp.settle(message) for message in messages]
    except MailRefused:
        record_told_halt(session, None)
        raise
    if not any(went):
        record_told_halt(session, None)
        raise MailRefused("The mail relay did not take the emails to administrators. They are sent again later.")


def forget_halt(session: Session) -> None:
    """Let the next halt be told of."""
    if told_halt(session) is not None:
        record_told_halt(session, None)


def _message(session: Session, member: StaffMember, halt: Halt, sender_settings: SenderSettings) -> MailMessage:
    language = spoken_language(member.language or ENGLISH.code)
    organisation = session.get_one(Organisation, member.organisation_id).name
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name="halted",
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(organisation),
        addressee=member.name,
        values={
            "organisation": organisation,
            "is_restored": "yes" if halt is Halt.RESTORED else None,
            "page": address_in(f"{sender_settings.base_url}/staff/", language),
        },
    )
