"""Tell people what became of a wave.

Everybody invited is told that it was extended or cancelled, and after the close that there are results, or none;
staff are told that it is held, postponed or could not open.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.languages import ENGLISH
from feedback.domain.links import news_name, results_digest, results_secret
from feedback.domain.report.report import Outcome, Report
from feedback.domain.staff import PLANNERS, StaffRole
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.staff_mails import LAST_DAY, StaffMail
from feedback.domain.waves.states import News
from feedback.locales.moments import moment as in_words
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick, queue_for
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, lock_wave
from feedback.storage.deliveries import invited_to
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.results import keep_results_page
from feedback.storage.staff import staff_in_role
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import Wave, wave_by_id

_NEXT_ATTEMPT = timedelta(minutes=5)
_MAIL_TO_ALL = {
    News.CANCELLED: MailKind.CANCELLATION,
    News.EXTENDED: MailKind.EXTENSION,
    News.RESULTS: MailKind.RESULTS,
}
_MAIL_TO_STAFF = {
    News.HELD: ("held", (StaffRole.ADMINISTRATOR,)),
    News.POSTPONED: ("postponement", PLANNERS),
    News.REFUSED: ("refusal", PLANNERS),
}


def tell_news(
    session: Session,
    keys: KeyStore,
    relay: Relay,
    wave_id: int,
    *,
    sender_settings: SenderSettings,
    now: datetime,
    defer: Defer = leave_to_the_tick,
) -> None:
    """Tell the news of a wave, once. If the relay cannot be used it is told later, and MailRefused is raised."""
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.news == News.CANCELLED and wave_id in cancelled_waves_with_rights(session):
        # The mail says that the answers were destroyed, so first they must be. The next tick sends it.
        session.rollback()
    elif wave.news in _MAIL_TO_ALL:
        kind = _MAIL_TO_ALL[News(wave.news)]
        if wave.news == News.RESULTS:
            kind = _open_results(session, keys, wave)
        if wave.state == kind.sent_in:
            people = invited_to(session, wave_id)
            queue_for(session, wave_id, WaveMail(kind), people=people, now=now, defer=defer)
        if wave.news == News.EXTENDED:
            tell_staff_at(session, wave_id, StaffMail.CLOSES_SOON, wave.closes_at - LAST_DAY)
        _told(session, wave, now)
    elif wave.news in _MAIL_TO_STAFF:
        _tell_staff(session, relay, wave, sender_settings, now)


def _tell_staff(session: Session, relay: Relay, wave: Wave, sender_settings: SenderSettings, now: datetime) -> None:
    messages, revision, news = _messages(session, wave, sender_settings), wave.calendar_revision, wave.news
    # Put off before it is tried: a worker that dies here must not write to staff every second.
    wave.news_due_at = now + _NEXT_ATTEMPT
    session.commit()
    relay.send_to_staff(messages)
    lock_wave(session, wave.id)
    wave = wave_by_id(session, wave.id)
    if (wave.news, wave.calendar_revision) == (news, revision):
        _told(session, wave, now)
    else:
        # The wave moved again meanwhile, and that is news as well.
        session.rollback()


def _open_results(session: Session, keys: KeyStore, wave: Wave) -> MailKind:
    """Open the address of the programme's results, and return which mail announces them."""
    lock_programme(session, wave.programme_id)
    secret = results_secret(keys.opt_out_key(wave.programme_id), wave.programme_id)
    keep_results_page(session, wave.programme_id, results_digest(secret))
    report = report_of(session, wave.id)
    is_published = report is not None and Report.parse(report.document).outcome is Outcome.PUBLISHED
    return MailKind.RESULTS if is_published else MailKind.UNREPORTED


def _told(session: Session, wave: Wave, now: datetime) -> None:
    note(session, now, "service", f"told: {wave.news}", f"wave {wave.id}")
    wave.news, wave.news_due_at = None, None
    session.commit()


def _messages(session: Session, wave: Wave, sender_settings: SenderSettings) -> list[MailMessage]:
    programme = programme_by_id(session, wave.programme_id)
    organisation = programme.organisation
    name, roles = _MAIL_TO_STAFF[News(wave.news or "")]
    host = domain_of(sender_settings.sender)
    values = _values(wave, programme, sender_settings)
    told = f"{wave.news}/{wave.calendar_revision}"
    return [
        MailMessage(
            recipient=member.email,
            language=ENGLISH.code,
            name=name,
            message_id=f"<{news_name(wave.id, member.id, told)}@{host}>",
            sender=sender_settings.shown_as(organisation.name),
            addressee=member.name,
            values=values,
        )
        for role in roles
        for member in staff_in_role(session, organisation.id, role, programme.id)
    ]


def _values(wave: Wave, programme: Programme, sender_settings: SenderSettings) -> dict[str, str]:
    return {
        "programme": programme.name,
        "stage": wave.stage,
        "wave": str(wave.id),
        "page": f"{sender_settings.base_url}/staff/waves/{wave.id}",
        "opens_at": _in_words(wave.opens_at, programme.time_zone),
        "closes_at": _in_words(wave.closes_at, programme.time_zone),
    }


def _in_words(moment: datetime | None, zone: str) -> str:
    if moment is None:
        return ""
    return in_words(moment, ZoneInfo(zone), ENGLISH.code)
