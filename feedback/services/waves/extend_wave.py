"""Extend a wave: once, only after a look that showed fewer than k answers; everybody who was invited is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import WaveNotReady, sentence
from feedback.domain.waves.states import Band, MomentKind, News, WaveState
from feedback.services.waves.move_reminders import move_reminders
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import count_calendar_change, moments_of, wave_by_id


def extend_wave(session: Session, wave_id: int, closes_at: datetime, *, now: datetime, actor: str) -> None:
    """Move the close of an open wave to the later `closes_at`, or raise WaveNotReady.

    Reminders that count from the close move with it. Asking for the same close again changes nothing.
    """
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state == WaveState.OPEN and wave.was_extended and wave.closes_at == closes_at:
        session.rollback()
        return
    if wave.state != WaveState.OPEN or wave.was_extended:
        raise WaveNotReady(f"Wave {wave_id} is not open, or was extended before: a wave is extended once at most.")
    if now >= wave.closes_at:
        raise WaveNotReady(f"Wave {wave_id} is past its time; a wave that has ended is not opened again.")
    if closes_at <= wave.closes_at:
        raise WaveNotReady(sentence("The close never moves earlier; name a later time."))
    looks = [moment for moment in moments_of(session, wave_id) if moment.kind == MomentKind.LOOK and moment.is_done]
    if not looks or looks[-1].band != Band.FEWER_THAN_K:
        raise WaveNotReady(
            sentence("A survey is extended only after a look has shown that too few people have answered.")
        )
    wave.closes_at = closes_at
    wave.was_extended = True
    wave.news, wave.news_due_at = News.EXTENDED, hours_of(session, wave.programme_id).next_allowed(now)
    move_reminders(session, wave, opening=wave.opened_at or now, now=now, after=wave.news_due_at)
    count_calendar_change(wave, now)
    note(session, now, actor, "extended", f"wave {wave_id}")
    session.commit()
