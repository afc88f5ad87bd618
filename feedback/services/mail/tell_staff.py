"""Tell staff by mail what waits for them: each of them once, by day, with a link to the page where it is seen to.

What is told is noted where a wave opens or cannot, is put off, looked at and closed. All of these are fixed before
anybody answers, and so are the daily looks for people who are not reached: when a mail goes out says nothing of when
somebody answered. Of a request for support the contact is told at rounded times, at night as well.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import MailRefused
from feedback.domain.hooks import HookEvent
from feedback.domain.languages import ENGLISH, Language, address_in, spoken_language
from feedback.domain.links import news_name
from feedback.domain.log_chain import SERVICE
from feedback.domain.waves.schedule import Hours
from feedback.domain.waves.staff_mails import AT_ANY_HOUR, LAST_DAY, NIGHT, StaffMail
from feedback.domain.waves.states import WaveState
from feedback.locales.moments import moment as in_words
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay, SmtpSession
from feedback.services.hooks.announce import announce
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.mail.staff_concerns import Matter, concerned, count_unreached, matter_of, page_for
from feedback.storage.audit_log import note
from feedback.storage.audit_log_chain import chain_entries
from feedback.storage.database import lock_programme, lock_wave
from feedback.storage.staff import StaffMember
from feedback.storage.staff_letters import (
    StaffLetter,
    address_letters,
    claim_letter,
    drop_letter,
    letter_by_id,
    next_letters,
    tell_contact_at,
    unaddressed_letters,
)

MOST_LETTERS_AT_ONCE = 20
_NEXT_ATTEMPT = timedelta(minutes=5)
_GIVEN_UP_AFTER = timedelta(days=3)
# Somebody waits for help as long as the request is kept.
_SUPPORT_GIVEN_UP_AFTER = timedelta(days=90)


def tell_staff(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. Whoever the relay does not take is told later, and MailRefused is raised after all others."""
    for letter_id, wave_id, programme_id in unaddressed_letters(session, now):
        session.rollback()
        if wave_id is not None:
            lock_wave(session, wave_id)
        else:
            lock_programme(session, programme_id or 0)
        _address(session, letter_by_id(session, letter_id), now)
        session.commit()
    letters = [letter.id for letter in next_letters(session, now, MOST_LETTERS_AT_ONCE)]
    claimed = [one for one in letters if _claim(session, one, sender_settings, now)]
    if not claimed:
        return
    with relay.connect() as smtp:
        went = [_send(session, smtp, letter_id, sender_settings, now) for letter_id in claimed]
    if not all(went):
        raise MailRefused("The mail relay did not take every email to staff. They are sent again later.")


def _address(session: Session, letter: StaffLetter | None, now: datetime) -> None:
    """Make of what is due a letter to each whom it concerns now, or put it off."""
    if letter is None or letter.tell_at > now:
        return
    matter = matter_of(session, letter)
    later = _later(matter, now)
    if later is not None:
        letter.tell_at = later
        return
    readers, unreached = concerned(session, matter, now), count_unreached(session, matter.wave)
    if matter.kind is not StaffMail.UNREACHED or unreached > letter.told_count:
        given_up_after = _GIVEN_UP_AFTER if matter.wave else _SUPPORT_GIVEN_UP_AFTER
        address_letters(session, letter, (one.id for one in readers), drop_at=now + given_up_after)
        if matter.kind is StaffMail.UNREACHED:
            announce(session, HookEvent.UNREACHED, matter.programme.id, letter.wave_id, now=now)
    if matter.kind is StaffMail.UNREACHED and matter.wave and matter.wave.state == WaveState.OPEN:
        # By the calendar, whenever mails came back.
        letter.told_count, letter.tell_at = max(letter.told_count, unreached), now + timedelta(days=1)
    else:
        session.delete(letter)


def _later(matter: Matter, now: datetime) -> datetime | None:
    """Return until when a mail has to wait, if it has to: for the morning, or as the close has moved."""
    if matter.kind in AT_ANY_HOUR:
        return None
    if matter.kind is StaffMail.CLOSES_SOON and matter.wave and matter.wave.closes_at - LAST_DAY > now:
        return matter.wave.closes_at - LAST_DAY
    by_day = Hours(ZoneInfo(matter.programme.time_zone), NIGHT).next_allowed(now)
    return by_day if by_day > now else None


def _claim(session: Session, letter_id: int, sender_settings: SenderSettings, now: datetime) -> bool:
    """Tell whether a letter is to be sent; not if another worker does it, or it is not to be sent any more."""
    letter = claim_letter(session, letter_id, now=now, until=now + _NEXT_ATTEMPT)
    is_to_be_sent = letter is not None and _message(session, letter, sender_settings, now) is not None
    if letter is not None and not is_to_be_sent:
        _let_go(session, letter, now)
    session.commit()
    return is_to_be_sent


def _let_go(session: Session, letter: StaffLetter, now: datetime) -> None:
    """Forget a letter; whoever is the contact instead is told."""
    if letter.programme_id is not None and letter.drop_at is not None and letter.drop_at > now:
        tell_contact_at(session, letter.programme_id, now)
    else:
        drop_letter(session, letter.id)


def _message(
    session: Session, letter: StaffLetter, sender_settings: SenderSettings, now: datetime
) -> MailMessage | None:
    matter = matter_of(session, letter)
    readers = {member.id: member for member in concerned(session, matter, now)}
    member = readers.get(letter.staff_id or 0)
    if member is None or (letter.drop_at is not None and letter.drop_at <= now):
        return None
    language = spoken_language(member.language or ENGLISH.code)
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name=matter.kind,
        message_id=f"<{_name(letter, member)}@{domain_of(sender_settings.sender)}>",
        sender=sender_settings.shown_as(matter.programme.organisation.name),
        addressee=member.name,
        values=_values(matter, language, sender_settings) | _kept_head(session, matter.kind),
    )


# Numbers are given out again: the day on which it is given up tells a later letter from this one.
def _name(letter: StaffLetter, member: StaffMember) -> str:
    return news_name(letter.wave_id or 0, member.id, f"{letter.kind}/{letter.id}/{letter.drop_at}")


def _values(matter: Matter, language: Language, sender_settings: SenderSettings) -> dict[str, str]:
    values = {
        "organisation": matter.programme.organisation.name,
        "programme": matter.programme.name,
        "page": address_in(f"{sender_settings.base_url}{page_for(matter)}", language),
    }
    if matter.wave is None:
        return values
    zone, wave = ZoneInfo(matter.programme.time_zone), matter.wave
    moments = {"opens_at": wave.opens_at, "closes_at": wave.closes_at, "expire_at": wave.comments_expire_at}
    said = {name: in_words(one, zone, language.code) if one else "" for name, one in moments.items()}
    return {**values, **said, "stage": wave.stage}


# Whoever keeps the mail can show later whether the log was changed since.
def _kept_head(session: Session, kind: StaffMail) -> dict[str, str]:
    return {"log_head": str(chain_entries(session) or "")} if kind is StaffMail.REPORT else {}


def _send(session: Session, smtp: SmtpSession, letter_id: int, sender_settings: SenderSettings, now: datetime) -> bool:
    """Send one letter; tell whether it is done with. What has changed while others went out is seen to later."""
    letter = _as_claimed(session, letter_id, now)
    message = None if letter is None else _message(session, letter, sender_settings, now)
    # The head of the log that a mail holds has to be in the database before the mail goes out.
    session.commit()
    if message is None:
        return True
    is_settled = smtp.settle(message)
    letter = _as_claimed(session, letter_id, now) if is_settled else None
    if letter is not None:
        # When somebody has asked for support is nobody's business.
        if letter.wave_id is not None:
            note(session, now, SERVICE, f"told of: {letter.kind}", f"staff {letter.staff_id}")
        drop_letter(session, letter_id)
    session.commit()
    return is_settled


# Numbers are given out again, and what is told anew waits as long as it does.
def _as_claimed(session: Session, letter_id: int, now: datetime) -> StaffLetter | None:
    letter = letter_by_id(session, letter_id)
    return letter if letter is not None and letter.tell_at == now + _NEXT_ATTEMPT else None
