"""Tell staff by mail what waits for them: each of them once, by day, with a link to the page where it is seen to.

What is told is noted where a wave opens, is looked at and closes. All of these are fixed before anybody answers, and so
are the daily looks for people who are not reached: when a mail goes out says nothing of when somebody answered.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import MailRefused
from feedback.domain.languages import ENGLISH, Language, address_in, spoken_language
from feedback.domain.links import news_name
from feedback.domain.waves.schedule import Hours
from feedback.domain.waves.staff_mails import LAST_DAY, NIGHT, StaffMail
from feedback.domain.waves.states import WaveState
from feedback.locales.moments import moment as in_words
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay, RelayVerdict, SmtpSession
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.mail.staff_concerns import concerned, count_unreached, page_for
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import StaffMember
from feedback.storage.staff_letters import (
    StaffLetter,
    address_letters,
    claim_letter,
    drop_letter,
    letter_by_id,
    next_letters,
    unaddressed_letters,
)
from feedback.storage.waves import Wave, wave_by_id

MOST_LETTERS_AT_ONCE = 20
_NEXT_ATTEMPT = timedelta(minutes=5)
_GIVEN_UP_AFTER = timedelta(days=3)


def tell_staff(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. Whoever the relay does not take is told later, and MailRefused is raised after all others."""
    for letter_id, wave_id in unaddressed_letters(session, now):
        session.rollback()
        lock_wave(session, wave_id)
        _address(session, letter_by_id(session, letter_id), now)
        session.commit()
    letters = [letter.id for letter in next_letters(session, now, MOST_LETTERS_AT_ONCE)]
    messages = [(one, message) for one in letters if (message := _claimed(session, one, sender_settings, now))]
    if not messages:
        return
    with relay.connect() as smtp:
        verdicts = [_send(session, smtp, letter_id, message, now) for letter_id, message in messages]
    if not all(verdict.is_final for verdict in verdicts):
        raise MailRefused("The mail relay did not take every email to staff. They are sent again later.")


def _address(session: Session, letter: StaffLetter | None, now: datetime) -> None:
    """Make of what is due a letter to each whom it concerns now, or put it off."""
    if letter is None or letter.tell_at > now:
        return
    wave, kind = wave_by_id(session, letter.wave_id), StaffMail(letter.kind)
    later = _later(session, wave, kind, now)
    if later is not None:
        letter.tell_at = later
        return
    readers, unreached = concerned(session, wave, kind, now), count_unreached(session, wave)
    if kind is not StaffMail.UNREACHED or unreached > letter.told_count:
        address_letters(session, letter, (one.id for one in readers), drop_at=now + _GIVEN_UP_AFTER)
    if kind is StaffMail.UNREACHED and wave.state == WaveState.OPEN:
        # By the calendar, whenever mails came back.
        letter.told_count, letter.tell_at = max(letter.told_count, unreached), now + timedelta(days=1)
    else:
        session.delete(letter)


def _later(session: Session, wave: Wave, kind: StaffMail, now: datetime) -> datetime | None:
    """Return until when a mail has to wait, if it has to: for the morning, or as the close has moved."""
    if kind is StaffMail.CLOSES_SOON and wave.closes_at - LAST_DAY > now:
        return wave.closes_at - LAST_DAY
    by_day = Hours(ZoneInfo(programme_by_id(session, wave.programme_id).time_zone), NIGHT).next_allowed(now)
    return by_day if by_day > now else None


def _claimed(session: Session, letter_id: int, sender_settings: SenderSettings, now: datetime) -> MailMessage | None:
    """Return what to send; None if another worker does it, or it is not to be sent any more."""
    # Put off before it is tried: a worker that dies here must not write to staff every second.
    if not claim_letter(session, letter_id, now=now, until=now + _NEXT_ATTEMPT):
        session.rollback()
        return None
    letter = letter_by_id(session, letter_id)
    message = None if letter is None else _message(session, letter, sender_settings, now)
    if message is None:
        drop_letter(session, letter_id)
    session.commit()
    return message


def _message(
    session: Session, letter: StaffLetter, sender_settings: SenderSettings, now: datetime
) -> MailMessage | None:
    wave, kind = wave_by_id(session, letter.wave_id), StaffMail(letter.kind)
    readers = {member.id: member for member in concerned(session, wave, kind, now)}
    member = readers.get(letter.staff_id or 0)
    if member is None or (letter.drop_at is not None and letter.drop_at <= now):
        return None
    language = spoken_language(member.language or ENGLISH.code)
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name=kind,
        message_id=f"<{_name(letter, member)}@{domain_of(sender_settings.sender)}>",
        sender=sender_settings.shown_as(programme_by_id(session, wave.programme_id).organisation.name),
        addressee=member.name,
        values=_values(session, wave, kind, language, sender_settings),
    )


def _name(letter: StaffLetter, member: StaffMember) -> str:
    return news_name(letter.wave_id, member.id, f"{letter.kind}/{letter.id}")


def _values(
    session: Session, wave: Wave, kind: StaffMail, language: Language, sender_settings: SenderSettings
) -> dict[str, str]:
    programme = programme_by_id(session, wave.programme_id)
    zone = ZoneInfo(programme.time_zone)
    expire_at = wave.comments_expire_at
    return {
        "organisation": programme.organisation.name,
        "programme": programme.name,
        "stage": wave.stage,
        "page": address_in(f"{sender_settings.base_url}{page_for(kind, wave.id)}", language),
        "closes_at": in_words(wave.closes_at, zone, language.code),
        "expire_at": in_words(expire_at, zone, language.code) if expire_at else "",
    }


def _send(session: Session, smtp: SmtpSession, letter_id: int, message: MailMessage, now: datetime) -> RelayVerdict:
    verdict = smtp.send(message).verdict
    if verdict.is_final:
        letter = letter_by_id(session, letter_id)
        if letter is not None:
            note(session, now, "service", f"told of: {letter.kind}", f"staff {letter.staff_id}")
        drop_letter(session, letter_id)
        session.commit()
    elif verdict is RelayVerdict.BROKEN_OFF:
        smtp.reconnect()
    return verdict
