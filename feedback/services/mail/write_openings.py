"""Let an organisation begin a mail of a survey with a sentence of its own, in each language by itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, SentenceRefused, WaveNotReady, sentence
from feedback.domain.waves.mails import SHOWN
from feedback.domain.waves.openings import may_be_changed, read_opening
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave, reading
from feedback.storage.mail_openings import openings_of, replace_openings
from feedback.storage.waves import wave_by_id

_TOO_LATE = sentence("This email has gone out, or it never will: its first sentence can no longer be changed.")


def show_openings(session: Session, wave_id: int, mail: str) -> dict[str, str]:
    """Return the sentences with which a mail begins, by language code; NotFound if there is no such mail."""
    if mail not in SHOWN:
        raise NotFound(f"There is no email {mail!r}.")
    with reading(session):
        return {code: text for (name, code), text in openings_of(session, wave_id).items() if name == mail}


def write_openings(
    session: Session, wave_id: int, mail: str, written: Mapping[str, str], *, now: datetime, actor: str
) -> None:
    """Set the sentences with which a mail begins, by language code; an empty one is none.

    Raises NotFound if there is no such mail, WaveNotReady if it has gone out, SentenceRefused with the `language` of
    what cannot be taken.
    """
    show_openings(session, wave_id, mail)
    sentences = {code: opening for code, text in written.items() if (opening := _read(code, text))}
    lock_wave(session, wave_id)
    if not may_be_changed(mail, wave_by_id(session, wave_id).state):
        session.rollback()
        raise WaveNotReady(_TOO_LATE)
    replace_openings(session, wave_id, mail, sentences)
    note(session, now, actor, f"wrote a first sentence: {mail}", f"wave {wave_id}")
    session.commit()


def _read(code: str, text: str) -> str:
    try:
        return read_opening(text)
    except SentenceRefused as refusal:
        raise SentenceRefused(refusal.said, **refusal.values, language=code) from None
