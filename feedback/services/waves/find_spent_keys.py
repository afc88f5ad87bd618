"""Find the keys that waves which are over no longer need. Of comments it asks only whether there are any."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.states import WaveState
from feedback.storage.comments import count_comments
from feedback.storage.keys import Purpose
from feedback.storage.waves import Wave, known_wave

_OVER = {WaveState.CLOSED, WaveState.CANCELLED}


def find_spent_keys(session: Session, held: Mapping[int, set[Purpose]], now: datetime) -> dict[int, set[Purpose]]:
    """Return which of the keys `held` are no longer needed, by wave; waves without any are left out.

    Keys of a wave that this database does not know, because it was restored from an older backup, are left alone.
    """
    spent = {
        wave_id: purposes - _still_needed(session, wave, now)
        for wave_id, purposes in held.items()
        if (wave := known_wave(session, wave_id)) is not None and WaveState(wave.state) in _OVER
    }
    return {wave_id: purposes for wave_id, purposes in spent.items() if purposes}


def _still_needed(session: Session, wave: Wave, now: datetime) -> set[Purpose]:
    return {Purpose.COMMENT} if wave.comments_may_be_read(now) and count_comments(session, wave.id) else set()
