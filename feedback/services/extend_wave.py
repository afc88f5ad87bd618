"""Extend a wave: once, and only after a look has shown that fewer than k people have answered."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import WaveNotReady
from feedback.domain.waves import Band, MomentKind, WaveState
from feedback.storage.audit_log import note
from feedback.storage.database import seize_wave
from feedback.storage.waves import moments_of, wave_by_id


def extend_wave(session: Session, wave_id: int, closes_at: datetime, *, now: datetime, actor: str) -> None:
    """Move the close of an open wave to `closes_at`, or raise WaveNotReady. The close never moves earlier."""
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.OPEN or wave.was_extended:
        raise WaveNotReady(f"Wave {wave_id} is not open, or was extended before: a wave is extended once at most.")
    if now >= wave.closes_at:
        raise WaveNotReady(f"Wave {wave_id} is past its time; a wave that has ended is not opened again.")
    if closes_at <= wave.closes_at:
        raise WaveNotReady("The close never moves earlier; name a later time.")
    looks = [moment for moment in moments_of(session, wave_id) if moment.kind == MomentKind.LOOK and moment.is_done]
    if not looks or looks[-1].band != Band.FEWER_THAN_K:
        raise WaveNotReady("A wave is extended only after a look has shown that too few people have answered.")
    wave.closes_at = closes_at
    wave.was_extended = True
    note(session, now, actor, "extended", f"wave {wave_id}")
    session.commit()
