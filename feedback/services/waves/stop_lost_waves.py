"""After a restore, let nobody answer a survey whose answers nobody can open: its close, or its key, was lost with it.

Nothing is destroyed, so that a later copy can still be restored in place of this one.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.epochs import EpochComparison, StepAct, waves_with
from feedback.domain.log_chain import SERVICE
from feedback.domain.waves.states import LIVE, NOT_OPENED, WaveState
from feedback.services.waves.late_closes import is_stopped
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave, reading
from feedback.storage.waves import known_wave, waves_in_state


def stop_lost_waves(session: Session, compared: EpochComparison, *, now: datetime) -> None:
    """Close, without a report, the waves that were closed after the copy was made; cancel those that were cancelled.

    One that the copy does not even know to be open is cancelled. One that lacks its keys takes no more answers.
    """
    closed = waves_with(compared.lost, StepAct.CLOSED)
    cancelled = waves_with(compared.lost, StepAct.CANCELLED) - closed
    for wave_id in sorted(closed | cancelled):
        _end(session, wave_id, WaveState.CLOSED if wave_id in closed else WaveState.CANCELLED, now)
    for wave_id in sorted(compared.locked - closed - cancelled):
        _stop(session, wave_id, now)


def _end(session: Session, wave_id: int, end: WaveState, now: datetime) -> None:
    lock_wave(session, wave_id)
    wave = known_wave(session, wave_id)
    if wave is not None and WaveState(wave.state) in LIVE | NOT_OPENED:
        # Who was invited to a wave that this database never opened, it does not know.
        is_unknown = WaveState(wave.state) in NOT_OPENED
        wave.state = WaveState.CANCELLED if is_unknown else end
        wave.closed_at = wave.closed_at or min(now, wave.closes_at)
        # People were told then, before the restore.
        wave.news, wave.news_due_at = None, None
        note(session, now, SERVICE, "its end was lost in a restore", f"wave {wave.id}")
    session.commit()


def _stop(session: Session, wave_id: int, now: datetime) -> None:
    lock_wave(session, wave_id)
    wave = known_wave(session, wave_id)
    if wave is not None and wave.state == WaveState.OPEN:
        # The close itself never moves earlier.
        wave.state, wave.closed_at = WaveState.CLOSING, max(now, wave.closes_at)
        note(session, now, SERVICE, "its keys were lost in a restore", f"wave {wave.id}")
    session.commit()


def resume_stopped_waves(session: Session, *, now: datetime) -> None:
    """Let people answer again where a copy of the key store that has the keys was restored before the wave's end."""
    with reading(session):
        stopped = [wave.id for wave in waves_in_state(session, WaveState.CLOSING) if is_stopped(wave, now)]
    for wave_id in stopped:
        lock_wave(session, wave_id)
        wave = known_wave(session, wave_id)
        if wave is not None and wave.state == WaveState.CLOSING and is_stopped(wave, now):
            wave.state, wave.closed_at = WaveState.OPEN, None
            note(session, now, SERVICE, "its keys are back", f"wave {wave.id}")
        session.commit()
