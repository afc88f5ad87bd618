"""Cancel a wave: nothing is opened, everything that was sealed is destroyed."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import WaveNotReady
from feedback.domain.waves import WaveState
from feedback.services.destroy_keys import destroy_spent_keys
from feedback.storage.audit_log import note
from feedback.storage.database import seize_wave
from feedback.storage.entitlements import destroy_entitlements
from feedback.storage.keys import KeyStore
from feedback.storage.responses import destroy_responses
from feedback.storage.waves import wave_by_id

_CAN_BE_CANCELLED = {WaveState.DRAFT, WaveState.SCHEDULED, WaveState.OPEN, WaveState.CLOSING}


def cancel_wave(session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str) -> None:
    """Cancel a wave that has no report yet, or raise WaveNotReady. Its responses are destroyed unopened.

    A wave that cannot finish closing within a week is cancelled too: what it holds was promised to be gone.
    """
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if WaveState(wave.state) not in _CAN_BE_CANCELLED:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; it can no longer be cancelled.")
    wave.state = WaveState.CANCELLED
    destroy_responses(session, wave_id)
    destroy_entitlements(session, wave_id)
    note(session, now, actor, "cancelled", f"wave {wave_id}")
    session.commit()
    destroy_spent_keys(session, keys, now=now)
