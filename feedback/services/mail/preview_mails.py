"""Show the mails of a wave as they would be written to somebody, before anything is sent. Their links lead nowhere."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from sqlalchemy.orm import Session

from feedback.domain.languages import Language, address_in
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.mails import MailKind
from feedback.mail.message import MailMessage
from feedback.mail.writing import Writer
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.mail.wave_words import facts_of, words_in
from feedback.storage.database import reading
from feedback.storage.waves import wave_by_id

LAST_DAY = "last-day"
SHOWN = (
    MailKind.INVITATION,
    MailKind.REMINDER,
    LAST_DAY,
    MailKind.EXTENSION,
    MailKind.RESULTS,
    MailKind.UNREPORTED,
    MailKind.CANCELLATION,
)
"""In the order in which people could get them; `LAST_DAY` is a reminder of its own."""


@dataclass(frozen=True)
class MailPreview:
    """One mail as a mail program shows it: from whom, the subject, and the words."""

    name: str
    sender: str
    subject: str
    words: str


def preview_mails(
    session: Session, wave_id: int, role: Role, language: Language, *, addressee: str, sender_settings: SenderSettings
) -> tuple[MailPreview, ...]:
    """Return every mail of a wave to an `addressee` of one role; raise NotFound if there is no such wave."""
    base, writer = sender_settings.base_url, Writer()
    with reading(session):
        facts = facts_of(session, wave_by_id(session, wave_id), base)
        words = words_in(facts, language, results_url=f"{base}/r/…", minutes=facts.minutes[role])
        sender = sender_settings.shown_as(facts.organisation)
    links = {name: address_in(f"{base}{path}/…", language) for name, path in (("link", "/s"), ("opt_out_url", "/o"))}
    messages = (
        MailMessage(
            recipient=sender_settings.sender,
            language=language.code,
            name=name,
            message_id="",
            sender=sender,
            values=words,
            addressee=addressee,
            links=links,
        )
        for name in SHOWN
    )
    return tuple(_as_shown(message.name, writer.write(message)) for message in messages)


def _as_shown(name: str, written: bytes) -> MailPreview:
    mail = message_from_bytes(written, EmailMessage, policy=default)
    words = cast(EmailMessage, mail.get_body(("plain",))).get_content()
    return MailPreview(name, mail["From"], mail["Subject"], words.replace("\r\n", "\n").strip())
