"""Write the mails of a wave as they would reach somebody, before anything is sent. Their links are nobody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from typing import cast

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.languages import Language, address_in
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.mails import SHOWN
from feedback.mail.message import MailMessage
from feedback.mail.writing import Writer
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.mail.wave_words import facts_of, words_in
from feedback.storage.database import reading
from feedback.storage.waves import wave_by_id

_WIDTH = 76
"""How many characters the templates of mails allow in a line of text."""
_LINKS = (("link", "/s"), ("opt_out_url", "/o"), ("results_url", "/r"), ("support_url", "/support"))


@dataclass(frozen=True)
class MailReader:
    """Who would get the mails: the name in them, the role, the language."""

    name: str
    role: Role
    language: Language


@dataclass(frozen=True)
class MailPreview:
    """One mail as a mail program shows it: from whom, the subject, and the words."""

    name: str
    sender: str
    subject: str
    words: str


def preview_mails(
    session: Session, wave_id: int, reader: MailReader, *, sender_settings: SenderSettings
) -> tuple[MailPreview, ...]:
    """Return every mail of a wave to a reader; raise NotFound if there is no such wave."""
    base, writer = sender_settings.base_url, Writer()
    links = {name: address_in(f"{base}{path}/…", reader.language) for name, path in _LINKS}
    with reading(session):
        messages = mails_to(session, wave_id, reader, links, sender_settings, recipient=sender_settings.sender)
    return tuple(_as_shown(message.name, writer.write(message)) for message in messages)


def mails_to(
    session: Session,
    wave_id: int,
    reader: MailReader,
    links: Mapping[str, str],
    sender_settings: SenderSettings,
    *,
    recipient: Address,
) -> list[MailMessage]:
    """Return every mail of a wave to a reader with these `links`, those of `words_in` among them; without an id."""
    facts = facts_of(session, wave_by_id(session, wave_id), sender_settings.base_url)
    minutes, results = facts.minutes[reader.role], links["results_url"]
    words = {name: words_in(facts, name, reader.language, results_url=results, minutes=minutes) for name in SHOWN}
    own = {name: links[name] for name in ("link", "opt_out_url")}
    return [
        MailMessage(
            recipient=recipient,
            language=reader.language.code,
            name=name,
            message_id="",
            sender=sender_settings.shown_as(facts.organisation),
            values=words[name] | {link: links[link] for link in links.keys() & words[name].keys()},
            addressee=reader.name,
            links=own,
        )
        for name in SHOWN
    ]


def _as_shown(name: str, written: bytes) -> MailPreview:
    mail = message_from_bytes(written, EmailMessage, policy=default)
    words = cast(EmailMessage, mail.get_body(("plain",))).get_content()
    return MailPreview(name, mail["From"], mail["Subject"], _unwrapped(words.replace("\r\n", "\n").strip()))


# A line that is broken only because it was full would be broken once more where a page is narrower.
def _unwrapped(text: str) -> str:
    lines = text.split("\n")
    shown = lines[0]
    for line, following in pairwise(lines):
        is_broken = bool(line and following) and len(f"{line} {following.split()[0]}") > _WIDTH
        shown += (" " if is_broken else "\n") + following
    return shown
