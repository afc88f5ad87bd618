"""Tell everybody invited what became of a wave: that it was extended or cancelled, after the close that there are
results, or none, and what was done since, once somebody asks for that.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.links import results_digest, results_secret
from feedback.domain.log_chain import SERVICE
from feedback.domain.report.report import Outcome, Report
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.staff_mails import LAST_DAY, StaffMail
from feedback.domain.waves.states import News
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick, queue_for
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, lock_wave
from feedback.storage.deliveries import invited_to
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.keys import KeyStore
from feedback.storage.notices import told_count_of
from feedback.storage.reports import report_of
from feedback.storage.results import keep_results_page
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import Wave, wave_by_id

_MAIL_TO_ALL = {
    News.CANCELLED: MailKind.CANCELLATION,
    News.EXTENDED: MailKind.EXTENSION,
}


def tell_news(
    session: Session, keys: KeyStore, wave_id: int, *, now: datetime, defer: Defer = leave_to_the_tick
) -> None:
    """Queue the mails that tell the news of a wave, once."""
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.news is None or (wave.news == News.CANCELLED and wave_id in cancelled_waves_with_rights(session)):
        # The mail says that the answers were destroyed, so first they must be. The next tick sends it.
        session.rollback()
        return
    mail = _mail_to_all(session, keys, wave, News(wave.news))
    if wave.state == mail.kind.sent_in:
        people = invited_to(session, wave_id)
        queue_for(session, wave_id, mail, people=people, now=now, defer=defer)
    if wave.news == News.EXTENDED:
        tell_staff_at(session, wave_id, StaffMail.CLOSES_SOON, wave.closes_at - LAST_DAY)
    _told(session, wave, now)


def _mail_to_all(session: Session, keys: KeyStore, wave: Wave, news: News) -> WaveMail:
    if news is News.RESULTS:
        return WaveMail(_open_results(session, keys, wave))
    if news is News.SAID:
        return WaveMail(MailKind.SAID, told_count_of(session, wave.programme_id, wave.id))
    return WaveMail(_MAIL_TO_ALL[news])


def _open_results(session: Session, keys: KeyStore, wave: Wave) -> MailKind:
    """Open the address of the programme's results, and return which mail announces them."""
    lock_programme(session, wave.programme_id)
    secret = results_secret(keys.opt_out_key(wave.programme_id), wave.programme_id)
    keep_results_page(session, wave.programme_id, results_digest(secret))
    report = report_of(session, wave.id)
    is_published = report is not None and Report.parse(report.document).outcome is Outcome.PUBLISHED
    return MailKind.RESULTS if is_published else MailKind.UNREPORTED


def _told(session: Session, wave: Wave, now: datetime) -> None:
    note(session, now, SERVICE, f"told: {wave.news}", f"wave {wave.id}")
    wave.news, wave.news_due_at = None, None
    session.commit()
