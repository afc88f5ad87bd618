"""Every mail that participants, contacts and staff can get, with values that could be real, and how it reads."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask

from feedback.domain.waves.staff_mails import StaffMail
from feedback.locales.moments import clocks_of, time_of_day, weekday_and_day
from feedback.mail.message import MailMessage, MailValue
from feedback.mail.writing import write

LINK = "https://feedback.example.com/s/" + "L" * 43
OPT_OUT = "https://feedback.example.com/o/" + "O" * 43
ADDRESSEE = "Mia Mentor"
SIGN_IN = "https://feedback.example.com/staff/sign-in/" + "I" * 43
VALUES: dict[str, MailValue] = {
    "opening": None,
    "organisation": "Example Organisation",
    "programme": "Pilot",
    "contact_name": "Ana Contact",
    "contact_email": "contact@example.com",
    "minutes": "5",
    "minimum_group_size": "5",
    "may_close_early": None,
    "support_url": "https://feedback.example.com/support/" + "S" * 22,
    "base_url": "https://feedback.example.com",
    "results_url": "https://feedback.example.com/r/" + "R" * 22,
    "key_url": "https://feedback.example.com/keys/" + "k" * 64,
    "receipt_url": "https://feedback.example.com/receipt",
    "page": "https://feedback.example.com/staff/programmes/1/support",
    "stage": "kickoff",
    "programme_is_discreet": "yes",
    "role_of_two": None,
    "announced_at": None,
    "opens_at": "Monday 1 March 2027, 10:00 (Paris time)",
    "purge_on": "31 March 2027",
    "log_head": "120:" + "0123456789abcdef" * 4,
    "expire_at": "Friday 14 May 2027, 10:00 (Paris time)",
    "inviter": "Ben Boss",
    "administrator": "Ben Boss",
    "is_demanded": "yes",
    "is_restored": None,
    "provider": "login.example.com",
    "role": "coordinator",
    "accounts": (("Example Organisation", SIGN_IN),),
}
TO_PARTICIPANTS = ("invitation", "reminder", "last-day", "extension", "results", "unreported", "said", "cancellation")
MAILS = (
    *(*TO_PARTICIPANTS, "corrected", "sign-in", "access", "passkeys-removed", "passkey-made", "passkey-removed"),
    "connect-account",
    "account-connected",
    "names-deleted",
    "halted",
    *StaffMail,
)


def a_letter(mail: str, language: str = "en", addressee: str = ADDRESSEE, **changes: MailValue) -> MailMessage:
    """One mail, as it would be sent to Mia."""
    return MailMessage(
        recipient="mia@example.com",
        language=language,
        name=mail,
        message_id="<1@example.com>",
        sender=("Example Organisation", "feedback@example.com"),
        values={**VALUES, **_close(language), **changes},
        addressee=addressee,
        links={"link": LINK, "opt_out_url": OPT_OUT},
        opt_out_url=OPT_OUT,
    )


@dataclass(frozen=True)
class Read:
    """A mail as its reader's program shows it."""

    subject: str
    body: str
    html: str


def read(app: Flask, message: MailMessage) -> Read:
    """Write a mail and read it again, as it goes over the wire."""
    with app.app_context():
        mail = parsed(write(message))
    text, html = (cast(EmailMessage, mail.get_body((kind,))).get_content() for kind in ("plain", "html"))
    return Read(mail["Subject"], text.replace("\r\n", "\n").rstrip("\n"), html.replace("\r\n", "\n"))


def parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, EmailMessage, policy=default))


def _close(language: str) -> dict[str, str]:
    closes_at = datetime(2027, 3, 15, 10, 0)  # noqa: DTZ001  (already in the programme's time zone)
    return {
        "closes_on": weekday_and_day(closes_at.date(), language),
        "closes_at": time_of_day(closes_at, language),
        "time_zone": clocks_of(ZoneInfo("Europe/Paris"), language),
    }
