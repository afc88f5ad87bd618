"""Tell planners by mail that a programme has ended and on which day its names are deleted: 30 days before, by day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import MailRefused
from feedback.domain.languages import ENGLISH, address_in, spoken_language
from feedback.domain.links import news_name
from feedback.domain.log_chain import SERVICE
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.schedule import Hours
from feedback.domain.waves.staff_mails import NIGHT
from feedback.locales.moments import day
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme
from feedback.storage.programme_endings import ProgrammeEnding, ending_of, endings_to_see_to, tell_planners
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.staff import StaffMember, staff_in_role

MAIL = "names-deleted"
_NEXT_ATTEMPT = timedelta(minutes=5)


def endings_to_tell(session: Session, now: datetime) -> list[int]:
    """Return the programmes of whose end planners are to be told now."""
    return [one.programme_id for one in endings_to_see_to(session) if _is_to_tell(session, one, now)]


def tell_of_ending(
    session: Session, relay: Relay, programme_id: int, *, sender_settings: SenderSettings, now: datetime
) -> None:
    """Send what is due about one end. If the relay does not take it all it is sent again, and MailRefused is raised."""
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    if ending is None or not _is_to_tell(session, ending, now):
        session.rollback()
        return
    purge_on = ending.purge_on
    # Put off before it is tried: a worker that dies here must not write to staff every second.
    ending.tell_at = now + _NEXT_ATTEMPT
    session.commit()
    with relay.connect() as smtp:
        while (waiting := _next_mail(session, programme_id, purge_on, sender_settings)) is not None:
            staff_id, message = waiting
            if not smtp.settle(message):
                raise MailRefused("The mail relay did not take every email to staff. They are sent again later.")
            _note_told(session, programme_id, purge_on, staff_id)
    ending = _locked_as_it_was(session, programme_id, purge_on)
    if ending is not None and not _untold(session, ending):
        tell_planners(ending, None)
        note(session, now, SERVICE, "told of: the end", f"programme {programme_id}")
    session.commit()


# Read anew for each: while one was told, somebody may have lost access, or the end have been held.
def _next_mail(
    session: Session, programme_id: int, purge_on: date | None, sender_settings: SenderSettings
) -> tuple[int, MailMessage] | None:
    ending = _locked_as_it_was(session, programme_id, purge_on)
    member = next(iter(_untold(session, ending)), None) if ending is not None else None
    mail = None
    if ending is not None and member is not None:
        mail = member.id, _message(programme_by_id(session, programme_id), ending, member, sender_settings)
    session.rollback()
    return mail


def _note_told(session: Session, programme_id: int, purge_on: date | None, staff_id: int) -> None:
    ending = _locked_as_it_was(session, programme_id, purge_on)
    if ending is not None:
        ending.told_to = staff_id
    session.commit()


# Another day since, or none, is news of its own; and of what is held nobody is told.
def _locked_as_it_was(session: Session, programme_id: int, purge_on: date | None) -> ProgrammeEnding | None:
    lock_programme(session, programme_id)
    ending = ending_of(session, programme_id)
    is_as_it_was = ending is not None and ending.purge_on == purge_on and ending.held_at is None
    return ending if is_as_it_was else None


def _is_to_tell(session: Session, ending: ProgrammeEnding, now: datetime) -> bool:
    if ending.tell_at is None or ending.tell_at > now or ending.held_at is not None or ending.purged_at is not None:
        return False
    zone = ZoneInfo(programme_by_id(session, ending.programme_id).time_zone)
    by_day = Hours(zone, NIGHT).next_allowed(now)
    return by_day is not None and by_day <= now


def _untold(session: Session, ending: ProgrammeEnding) -> list[StaffMember]:
    """Return those who were not told yet, in the order of their ids."""
    programme, told = programme_by_id(session, ending.programme_id), ending.told_to or 0
    organisation = programme.organisation_id
    planners = {one.id: one for role in PLANNERS for one in staff_in_role(session, organisation, role, programme.id)}
    return [planners[number] for number in sorted(planners) if number > told]


def _message(
    programme: Programme, ending: ProgrammeEnding, member: StaffMember, sender_settings: SenderSettings
) -> MailMessage:
    language = spoken_language(member.language or ENGLISH.code)
    page = f"{sender_settings.base_url}/staff/programmes/{programme.id}/end"
    name = news_name(programme.id, member.id, f"{MAIL}/{ending.purge_on}")
    return MailMessage(
        recipient=member.email,
        language=language.code,
        name=MAIL,
        message_id=f"<{name}@{domain_of(sender_settings.sender)}>",
        sender=sender_settings.shown_as(programme.organisation.name),
        addressee=member.name,
        values={
            "organisation": programme.organisation.name,
            "programme": programme.name,
            "page": address_in(page, language),
            "purge_on": day(ending.purge_on, language.code) if ending.purge_on else "",
        },
    )
