"""Postpone a wave that has not opened: the close, the reminders and the looks move with it. Staff are told;
participants have not heard of it yet.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import WaveNotReady, sentence
from feedback.domain.waves.calendar import SHORTEST_OPENING, place_look
from feedback.domain.waves.schedule import days_between, moved_by_days
from feedback.domain.waves.staff_mails import StaffMail
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.waves.move_reminders import move_reminders
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.quiet_times import hours_of
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import Wave, count_calendar_change, moments_of, wave_by_id


def postpone_wave(session: Session, wave_id: int, opens_at: datetime, *, now: datetime, actor: str) -> None:
    """Move the opening of a wave, and all its other dates by as many days; raise WaveNotReady if it cannot be.

    Asking again for the same opening changes nothing.
    """
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    hours = hours_of(session, wave.programme_id)
    later = hours.next_allowed(opens_at)
    if wave.state == WaveState.SCHEDULED and wave.opens_at == later:
        session.rollback()
        return
    before = _opening_to_move(wave, later, now)
    days = days_between(before, later, hours.zone)
    closes_at = moved_by_days(wave.closes_at, days, hours.zone)
    if closes_at < later + SHORTEST_OPENING:
        raise WaveNotReady(sentence("It would close before people can answer. Put it off by whole days."))
    wave.opens_at, wave.closes_at = later, closes_at
    for moment in moments_of(session, wave.id):
        moment.due_at = moved_by_days(moment.due_at, days, hours.zone)
        if moment.kind == MomentKind.LOOK:
            moment.due_at = place_look(moment.due_at, closes_at, hours)
    session.flush()
    move_reminders(session, wave, opening=later, now=now)
    wave.opening_was_refused = False
    tell_staff_at(session, wave_id, StaffMail.POSTPONED, now)
    count_calendar_change(wave, now)
    note(session, now, actor, "postponed", f"wave {wave_id}")
    session.commit()


def _opening_to_move(wave: Wave, later: datetime, now: datetime) -> datetime:
    if wave.state != WaveState.SCHEDULED or wave.opens_at is None:
        raise WaveNotReady(
            f"Wave {wave.id} is not waiting for its opening: only a wave with an opening ahead can be postponed."
        )
    if later <= wave.opens_at or later <= now:
        raise WaveNotReady(sentence("A survey is only put off; name a later opening, or cancel it and plan another."))
    return wave.opens_at
