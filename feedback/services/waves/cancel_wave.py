"""Cancel a wave: what is sealed is destroyed unread, the history too, and everybody who was invited is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.epochs import StepAct
from feedback.domain.errors import WaveNotReady
from feedback.domain.waves.states import News, WaveState
from feedback.services.waves.destroy_keys import destroy_spent_keys
from feedback.services.waves.enter_step import check_epochs, enter_step, follow_steps, is_entered
from feedback.services.waves.late_closes import gives_up_at
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.entitlements import destroy_entitlements
from feedback.storage.history import drop_history
from feedback.storage.keys import KeyStore
from feedback.storage.responses import destroy_responses
from feedback.storage.waves import Wave, count_calendar_change, wave_by_id

_CAN_BE_CANCELLED = {
    WaveState.DRAFT,
    WaveState.SCHEDULED,
    WaveState.OPEN,
    WaveState.CLOSING,
    WaveState.HELD,
}


def cancel_wave(
    session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str, only_if_given_up: bool = False
) -> None:
    """Cancel a wave that has no report yet, or raise WaveNotReady. Its responses are destroyed unread.

    `only_if_given_up`: if it could not close in time, as participants were promised; WaveNotReady if it still may.
    """
    check_epochs(session, keys)
    lock_wave(session, wave_id)
    if only_if_given_up:
        _check_given_up(wave_by_id(session, wave_id), now)
    begin_cancelling(session, wave_id, now=now, actor=actor)
    finish_cancelling(session, keys, wave_id, now=now)


def _check_given_up(wave: Wave, now: datetime) -> None:
    given_up_at = gives_up_at(wave)
    if given_up_at is None or now < given_up_at:
        raise WaveNotReady(f"Wave {wave.id} may still close.")


def begin_cancelling(session: Session, wave_id: int, *, now: datetime, actor: str) -> None:
    """Mark a wave as cancelled, or raise WaveNotReady; the worker destroys what it holds. Idempotent."""
    mark_as_cancelled(session, wave_id, now=now, actor=actor)
    session.commit()


def mark_as_cancelled(session: Session, wave_id: int, *, now: datetime, actor: str) -> None:
    """As `begin_cancelling`, but the caller commits."""
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state == WaveState.CANCELLED:
        return
    if WaveState(wave.state) not in _CAN_BE_CANCELLED:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; it can no longer be cancelled.")
    wave.state = WaveState.CANCELLED
    # Nobody has heard of a wave that was never opened.
    wave.news, wave.news_due_at = (News.CANCELLED, now) if wave.opened_at else (None, None)
    count_calendar_change(wave, now)
    note(session, now, actor, "cancelled", f"wave {wave_id}")


def destroy_sealed(session: Session, wave_id: int) -> None:
    """Destroy, unread, what was answered, and the rights to answer; the caller commits."""
    destroy_responses(session, wave_id)
    destroy_entitlements(session, wave_id)


def finish_cancelling(session: Session, keys: KeyStore, wave_id: int, *, now: datetime) -> None:
    """Destroy what a cancelled wave still holds. Safe to run again."""
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state == WaveState.CANCELLED:
        destroy_sealed(session, wave_id)
        drop_history(session, wave_id)
        if wave.opened_at and not is_entered(session, StepAct.CANCELLED, wave_id):
            enter_step(session, keys, StepAct.CANCELLED, wave_id)
    session.commit()
    follow_steps(session, keys)
    destroy_spent_keys(session, keys, now=now)
