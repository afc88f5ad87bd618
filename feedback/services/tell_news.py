"""Tell people what became of a wave: administrators that it is held, everybody invited that it was cancelled."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.languages import ENGLISH
from feedback.domain.links import news_name
from feedback.domain.staff import StaffRole
from feedback.domain.waves import CANCELLATION, INVITATION, News
from feedback.mail import Letter, Relay, Verdict
from feedback.services.open_wave import BATCH_SIZE
from feedback.services.send_mail import Postmark
from feedback.storage.audit_log import note
from feedback.storage.database import seize_wave
from feedback.storage.deliveries import chunks, invited_to, queue_mails
from feedback.storage.entitlements import cancelled_waves_with_rights
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import staff_in_role
from feedback.storage.waves import Wave, wave_by_id

_NEXT_ATTEMPT = timedelta(minutes=5)


def tell_news(session: Session, relay: Relay, wave_id: int, *, postmark: Postmark, now: datetime) -> None:
    """Tell the news of a wave, once. If the relay cannot be used it is told later, and MailRefused is raised."""
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.news == News.CANCELLED and wave_id in cancelled_waves_with_rights(session):
        # The mail says that the answers were destroyed: first they must be. The next tick tells.
        session.rollback()
    elif wave.news == News.CANCELLED:
        for part in chunks(invited_to(session, wave_id, INVITATION), BATCH_SIZE):
            queue_mails(session, wave_id, CANCELLATION, part, now)
        _told(session, wave, now)
    elif wave.news == News.HELD:
        letters = _letters(session, wave, postmark)
        # Put off before it is tried: a worker that dies here must not write to the administrators every second.
        wave.news_due_at = now + _NEXT_ATTEMPT
        session.commit()
        _send(relay, letters)
        _told(session, wave_by_id(session, wave_id), now)


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
