"""Destroy what a wave that is over no longer needs: its keys, and comments whose time is up. Safe at any time."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.states import WaveState
from feedback.storage.comments import CommentSummary, StoredComment, count_comments, destroy_comments
from feedback.storage.entitlements import Entitlement
from feedback.storage.keys import KeyStore, Purpose
from feedback.storage.responses import StoredResponse
from feedback.storage.scrubbing import scrub
from feedback.storage.waves import known_wave

Step = Callable[[str], None]

_OVER = {WaveState.CLOSED, WaveState.CANCELLED}
_SCRUBBED = tuple(table.__tablename__ for table in (StoredResponse, Entitlement, StoredComment, CommentSummary))


def destroy_spent_keys(session: Session, keys: KeyStore, *, now: datetime, step: Step = lambda _name: None) -> None:
    """Destroy the keys of every wave that is over; `step` is called after each step.

    The database is rewritten first: as long as a deleted response may lie in a file, its key must be left to show
    that it is due, so that the next run repeats an attempt that died here.
    """
    doomed = {
        wave_id: keeps_comments
        for wave_id, purposes in keys.purposes_held().items()
        if (keeps_comments := _still_needed(session, wave_id, now)) is not None
        and purposes - ({Purpose.COMMENT} if keeps_comments else set())
    }
    session.commit()
    if not doomed:
        keys.scrub_if_due()
        return
    scrub(session.get_bind().engine, *_SCRUBBED)
    step("scrubbed")
    for wave_id, keeps_comments in doomed.items():
        keys.destroy_wave_keys(wave_id, keep_comments=keeps_comments)
    step("keys destroyed")


def _still_needed(session: Session, wave_id: int, now: datetime) -> bool | None:
    """Return None for a wave that is not over, else whether its comments still wait for a reviewer.

    Keys of a wave that this database does not know, because it was restored from an older backup, are left alone.
    """
    wave = known_wave(session, wave_id)
    if wave is None or WaveState(wave.state) not in _OVER:
        return None
    if wave.comments_expire_at is None or wave.comments_expire_at <= now:
        destroy_comments(session, wave_id)
        return False
    return count_comments(session, wave_id) > 0
