"""Mails as mail servers send them back: with our whole mail, and so its link, inside."""

from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from sqlalchemy import select

from feedback.domain.links import return_path
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.storage.deliveries import Delivery
from feedback.storage.people import Participant
from tests.world import World

FIRST_COPY = WaveMail(MailKind.INVITATION, 2)
BOUNCES = "bounces@example.com"


def bounce_of(mail: Message, *, to: str = BOUNCES, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A report (RFC 3464) that `mail` could not be delivered, sent to its return path."""
    recipient = str(mail["To"])
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"] = "MAILER-DAEMON@mail.example.net", to
    report["Subject"], report["Auto-Submitted"] = "Undelivered Mail Returned to Sender", "auto-replied"
    report.attach(MIMEText(f"<{recipient}>: host said: 550 no such user"))
    report.attach(_status(recipient, action, status))
    report.attach(MIMEMessage(mail))
    return report.as_bytes()


def _status(recipient: str, action: str, status: str) -> Message:
    part, whole, one = Message(), Message(), Message()
    whole["Reporting-MTA"] = "dns; mail.example.net"
    one["Final-Recipient"], one["Action"], one["Status"] = f"rfc822; {recipient}", action, status
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([whole, one])
    return part


def absence_notice(mail: Message, *, to: str = BOUNCES) -> bytes:
    """What a holiday program answers: it quotes our mail and even a reason for a failure."""
    notice = EmailMessage()
    notice["From"], notice["To"], notice["Auto-Submitted"] = str(mail["To"]), to, "auto-replied"
    notice["Subject"] = "Out of office"
    notice.set_content(
        f"I am away. The following message to <{mail['To']}> was undeliverable.\n\n{mail.as_string()[:2000]}"
    )
    return notice.as_bytes()


def complaint(mail: Message, *, to: str = BOUNCES) -> bytes:
    """A complaint (RFC 5965): the mail arrived, and somebody pressed a button."""
    report = MIMEMultipart("report", report_type="feedback-report")
    report["From"], report["To"] = "abuse@mail.example.net", to
    told = Message()
    told["Content-Type"] = "message/feedback-report"
    told.set_payload("Feedback-Type: abuse\nUser-Agent: test/1\nVersion: 1\n")
    report.attach(MIMEText("An abuse report"))
    report.attach(told)
    report.attach(MIMEMessage(mail))
    return report.as_bytes()


def mail_to(world: World, email: str) -> EmailMessage:
    """The last mail that arrived at an address, as it was sent."""
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    found = [mail for mail in mails if mail["Delivered-To"] == email][-1]
    del found["Delivered-To"]
    return found


def delivery_id(world: World, email: str, mail: WaveMail = INVITATION) -> int:
    query = select(Delivery.id).join(Participant, Participant.id == Delivery.participant_id)
    with world.session() as session:
        return session.scalars(query.where(Participant.email == email, Delivery.mail == mail)).one()


def return_path_of(world: World, email: str, mail: WaveMail = INVITATION) -> str:
    """The envelope sender that a mail went out with, where bounces have an address."""
    return return_path(BOUNCES, world.keys.opt_out_key(1), delivery_id(world, email, mail))


def mail_states(world: World, mail: WaveMail = INVITATION) -> dict[str, str]:
    """Where the copies of one mail stand, by address."""
    query = select(Participant.email, Delivery.state).join(Delivery, Delivery.participant_id == Participant.id)
    with world.session() as session:
        return {row.email: row.state for row in session.execute(query.where(Delivery.mail == mail))}
