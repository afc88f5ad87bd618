"""The quiet times of a programme: show them, and change them with every reminder that is still ahead."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.waves.calendar import SHORTEST_OPENING, place_look
from feedback.domain.waves.quiet_times import QuietTimes
from feedback.domain.waves.schedule import Hours
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.services.waves.move_reminders import move_reminders
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, lock_wave, reading
from feedback.storage.programmes import programme_by_id
from feedback.storage.quiet_times import hours_of, quiet_times_of, store_quiet_times
from feedback.storage.waves import Wave, count_calendar_change, moments_of, wave_by_id, waves_of


def show_quiet_times(session: Session, programme_id: int) -> QuietTimes:
    """Return the quiet times of a programme, or raise NotFound."""
    with reading(session):
        return quiet_times_of(session, programme_by_id(session, programme_id).id)


def show_hours(session: Session, programme_id: int) -> Hours:
    """Return the clocks and the quiet times of a programme, or raise NotFound."""
    with reading(session):
        return hours_of(session, programme_by_id(session, programme_id).id)


def set_quiet_times(session: Session, programme_id: int, quiet: QuietTimes, *, now: datetime, actor: str) -> None:
    """Replace the quiet times of a programme. Openings and reminders ahead wait for their end; no close moves.

    Raises PlanRefused if a planned wave could then no longer open before its close.
    """
    programme_by_id(session, programme_id)
    for wave in waves_of(session, programme_id):
        lock_wave(session, wave.id)
    lock_programme(session, programme_id)
    if quiet_times_of(session, programme_id) == quiet:
        session.rollback()
        return
    store_quiet_times(session, programme_id, quiet)
    session.flush()
    for wave in waves_of(session, programme_id):
        _move(session, wave_by_id(session, wave.id), now)
    note(session, now, actor, "changed quiet times", f"programme {programme_id}")
    session.commit()


def _move(session: Session, wave: Wave, now: datetime) -> None:
    if wave.state == WaveState.OPEN:
        move_reminders(session, wave, opening=wave.opened_at or now, now=now)
        count_calendar_change(wave, now)
    elif wave.state == WaveState.SCHEDULED and wave.opens_at is not None:
        opens_at = hours_of(session, wave.programme_id).next_allowed(wave.opens_at)
        if wave.closes_at < opens_at + SHORTEST_OPENING:
            raise PlanRefused(
                sentence("Survey %(number)s could then not open before its close. Postpone or cancel it first."),
                number=str(wave.id),
            )
        wave.opens_at = opens_at
        # Of a survey that is open the looks stay: nobody chooses the moment while answers come in.
        for moment in moments_of(session, wave.id):
            if moment.kind == MomentKind.LOOK:
                moment.due_at = place_look(moment.due_at, wave.closes_at, hours_of(session, wave.programme_id))
        move_reminders(session, wave, opening=opens_at, now=now)
        count_calendar_change(wave, now)
