"""Queue a reminder to everybody who was invited: whoever answered gets it too, so that it reveals nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.log_chain import SERVICE
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.schedule import LAST_REMINDER
from feedback.domain.waves.states import WaveState
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick, queue_for
from feedback.services.waves.move_reminders import move_reminders
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.deliveries import invited_to, skip_mail
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Moment, Wave, count_calendar_change, moment_by_id, reminders_ahead, wave_by_id


def remind_participants(session: Session, moment_id: int, *, now: datetime, defer: Defer = leave_to_the_tick) -> None:
    """Queue the mails of one reminder, once; it waits for the end of a quiet time.

    Of several that a stopped worker missed, only the last goes out, and none within the last hour before the close.
    What an earlier reminder left unsent is no longer sent, and later ones keep their distance. From then on the
    calendar says when it really went out.
    """
    wave_id = moment_by_id(session, moment_id).wave_id
    lock_wave(session, wave_id)
    moment, wave = moment_by_id(session, moment_id), wave_by_id(session, wave_id)
    may_go = not moment.is_done and moment.due_at <= now and wave.state == WaveState.OPEN
    if may_go and not hours_of(session, wave.programme_id).are_quiet(now):
        moment.is_done = True
        if _comes_too_late(session, wave, moment, now):
            moment.was_left_out = True
            note(session, now, SERVICE, f"left out reminder {moment.number}", f"wave {wave_id}")
        else:
            _queue(session, wave, moment, now=now, defer=defer)
    session.commit()


def _comes_too_late(session: Session, wave: Wave, moment: Moment, now: datetime) -> bool:
    others = [other for other in reminders_ahead(session, wave.id) if other.id != moment.id]
    return now > wave.closes_at - LAST_REMINDER or any(other.due_at <= now for other in others)


def _queue(session: Session, wave: Wave, moment: Moment, *, now: datetime, defer: Defer) -> None:
    for number in range(1, moment.number):
        skip_mail(session, wave.id, WaveMail(MailKind.REMINDER, number))
    people = invited_to(session, wave.id)
    reminder = WaveMail(MailKind.REMINDER, moment.number)
    queue_for(session, wave.id, reminder, people=people, now=now, defer=defer)
    note(session, now, SERVICE, f"queued reminder {moment.number}", f"wave {wave.id}")
    ahead = [other.due_at for other in reminders_ahead(session, wave.id)]
    moment.due_at = now
    session.flush()
    move_reminders(session, wave, opening=wave.opened_at or now, now=now)
    if ahead != [other.due_at for other in reminders_ahead(session, wave.id)]:
        count_calendar_change(wave, now)
