"""Send one mail that holds nothing, from the sender that participants will see: does the relay take it?"""

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.errors import MailRefused, NotFound
from feedback.domain.languages import ENGLISH
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay, RelayVerdict
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.database import reading
from feedback.storage.organisations import organisations

# Before there is an organisation, nobody gets a mail but whoever sets the service up.
_NOBODY_YET = "Feedback"


def try_relay(
    session: Session, relay: Relay, recipient: Address, *, organisation: str | None, sender_settings: SenderSettings
) -> str:
    """Send a test mail and return the name that it bears; raise MailRefused if the relay does not take it.

    Raises NotFound if `organisation` is none, or none is named and there are several.
    """
    name = _sender_name(session, organisation)
    message = MailMessage(
        recipient=recipient,
        language=ENGLISH.code,
        name="test",
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(name),
        values={"base_url": sender_settings.base_url},
    )
    with relay.connect() as smtp:
        reply = smtp.send(message)
    if reply.verdict is not RelayVerdict.ACCEPTED:
        raise MailRefused(f"The relay did not take the email: {reply.verdict.value} ({reply.code or 'no code'}).")
    return message.sender[0]


def _sender_name(session: Session, organisation: str | None) -> str:
    with reading(session):
        known = [one.name for one in organisations(session)]
    wanted = [name for name in known if organisation in (None, name)]
    if len(wanted) == 1 or not known:
        return (wanted or [_NOBODY_YET])[0]
    raise NotFound(f"Name one of the organisations with --organisation: {', '.join(known)}.")
