"""Ask for a wave to be opened now: the worker opens it, since no other process holds the keys to links."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.states import WaveState
from feedback.services.waves.check_history import check_wave
from feedback.services.waves.form_groups import groups_of_wave
from feedback.services.waves.open_wave import check_opening
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave, reading
from feedback.storage.keys import KeyStore
from feedback.storage.waves import count_calendar_change


def ask_opening(session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str) -> None:
    """Make a wave that was never opened due now; raise WaveNotReady or PlanRefused as the opening would."""
    # Only read, so that nobody waits for the search; the opening does it again, under the organisation's lock.
    with reading(session):
        wave = check_opening(session, wave_id, now)
        check_wave(session, keys, wave, groups_of_wave(session, wave), now=now, opens=True)
    lock_wave(session, wave_id)
    wave = check_opening(session, wave_id, now)
    wave.state, wave.opens_at, wave.opening_was_refused = WaveState.SCHEDULED, now, False
    count_calendar_change(wave, now)
    note(session, now, actor, "asked to open", f"wave {wave_id}")
    session.commit()
