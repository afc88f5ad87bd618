"""Tell people what became of a wave: administrators that it is held, everybody invited that it was cancelled or that
there are results, or none.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.languages import ENGLISH
from feedback.domain.links import news_name, results_digest, results_secret
from feedback.domain.report import Outcome, read_outcome
from feedback.domain.staff import StaffRole
from feedback.domain.waves import CANCELLATION, INVITATION, NO_RESULTS, RESULTS, News
from feedback.mail import Letter, Relay, Verdict
from feedback.services.open_wave import BATCH_SIZE
from feedback.services.send_mail import Postmark
from feedback.storage.audit_log import note
from feedback.storage.database import seize_programme, seize_wave
from feedback.storage.deliveries import chunks, invited_to, queue_mails
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.results import keep_results_page
from feedback.storage.staff import staff_in_role
from feedback.storage.waves import Wave, wave_by_id

_NEXT_ATTEMPT = timedelta(minutes=5)


def tell_news(
    session: Session, keys: KeyStore, relay: Relay, wave_id: int, *, postmark: Postmark, now: datetime
) -> None:
    """Tell the news of a wave, once. If the relay cannot be used it is told later, and MailRefused is raised."""
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.news == News.CANCELLED and wave_id in cancelled_waves_with_rights(session):
        # The mail says that the answers were destroyed: first they must be. The next tick tells.
        session.rollback()
    elif wave.news == News.CANCELLED:
        _queue_for_all(session, wave_id, CANCELLATION, now)
        _told(session, wave, now)
    elif wave.news == News.RESULTS:
        _queue_for_all(session, wave_id, _open_results(session, keys, wave), now)
        _told(session, wave, now)
    elif wave.news == News.HELD:
        letters = _letters(session, wave, postmark)
        # Put off before it is tried: a worker that dies here must not write to the administrators every second.
        wave.news_due_at = now + _NEXT_ATTEMPT
        session.commit()
        _send(relay, letters)
        _told(session, wave_by_id(session, wave_id), now)


def _queue_for_all(session: Session, wave_id: int, mail: str, now: datetime) -> None:
    for part in chunks(invited_to(session, wave_id, INVITATION), BATCH_SIZE):
        queue_mails(session, wave_id, mail, part, now)


def _open_results(session: Session, keys: KeyStore, wave: Wave) -> str:
    """Let the address of the programme's results lead there, and return which mail tells of them."""
    seize_programme(session, wave.programme_id)
    secret = results_secret(keys.opt_out_key(wave.programme_id), wave.programme_id)
    keep_results_page(session, wave.programme_id, results_digest(secret))
    report = report_of(session, wave.id)
    return RESULTS if report and read_outcome(report.document) is Outcome.PUBLISHED else NO_RESULTS


def _told(session: Session, wave: Wave, now: datetime) -> None:
    note(session, now, "service", f"told: {wave.news}", f"wave {wave.id}")
    wave.news, wave.news_due_at = None, None
    session.commit()


def _letters(session: Session, wave: Wave, postmark: Postmark) -> list[Letter]:
    programme = programme_by_id(session, wave.programme_id)
    organisation = session.get_one(Organisation, programme.organisation_id)
    host = postmark.sender.rpartition("@")[2]
    return [
        Letter(
            recipient=member.email,
            language=ENGLISH.code,
            name="held",
            message_id=f"<{news_name(wave.id, member.id)}@{host}>",
            sender=(organisation.name, postmark.sender),
            values={
                "name": member.name,
                "programme": programme.name,
                "stage": wave.stage,
                "wave": str(wave.id),
                "page": f"{postmark.base_url}/staff/waves/{wave.id}",
            },
        )
        for member in staff_in_role(session, organisation.id, StaffRole.ADMINISTRATOR)
    ]


def _send(relay: Relay, letters: list[Letter]) -> None:
    if not letters:
        return
    with relay.connect() as conversation:
        replies = [conversation.send(letter) for letter in letters]
    if any(reply.verdict in (Verdict.LATER, Verdict.BROKEN_OFF) for reply in replies):
        raise MailRefused("The mail relay did not take every mail to the administrators. They are sent again later.")
