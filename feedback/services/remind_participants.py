"""Queue a reminder to everybody who was invited: whoever answered gets it too, so that it reveals nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves import INVITATION, WaveState, reminder_mail
from feedback.services.queue_mails import Defer, leave_to_the_tick, queue_for
from feedback.storage.audit_log import note
from feedback.storage.database import seize_wave
from feedback.storage.deliveries import invited_to
from feedback.storage.waves import moment_by_id, wave_by_id


def remind_participants(session: Session, moment_id: int, *, now: datetime, defer: Defer = leave_to_the_tick) -> None:
    """Queue the mails of one reminder, once."""
    wave_id = moment_by_id(session, moment_id).wave_id
    seize_wave(session, wave_id)
    moment, wave = moment_by_id(session, moment_id), wave_by_id(session, wave_id)
    if not moment.is_done and wave.state == WaveState.OPEN:
        moment.is_done = True
        people = invited_to(session, wave_id, INVITATION)
        queue_for(session, wave_id, reminder_mail(moment.number), people=people, now=now, defer=defer)
        note(session, now, "service", f"queued reminder {moment.number}", f"wave {wave_id}")
    session.commit()
