"""Queue a reminder to everybody who was invited: whoever answered gets it too, so that it reveals nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves import INVITATION, WaveState, reminder_mail
from feedback.services.open_wave import BATCH_SIZE
from feedback.storage.audit_log import note
from feedback.storage.database import seize_wave
from feedback.storage.deliveries import chunks, invited_to, queue_mails
from feedback.storage.waves import moment_by_id, wave_by_id


def remind_participants(session: Session, moment_id: int, *, now: datetime) -> None:
    """Queue the mails of one reminder, once."""
    wave_id = moment_by_id(session, moment_id).wave_id
    seize_wave(session, wave_id)
    moment, wave = moment_by_id(session, moment_id), wave_by_id(session, wave_id)
    if not moment.is_done and wave.state == WaveState.OPEN:
        moment.is_done = True
        for part in chunks(invited_to(session, wave_id, INVITATION), BATCH_SIZE):
            queue_mails(session, wave_id, reminder_mail(moment.number), part, now)
        note(session, now, "service", f"queued reminder {moment.number}", f"wave {wave_id}")
    session.commit()
