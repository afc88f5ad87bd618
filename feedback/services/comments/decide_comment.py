"""Decide what becomes of one comment. Never reads people.

The audit log says that somebody decided, not what: how many were withheld is nobody's business after the release.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import REVIEWED_BYTES, CommentVerdict, Decision, checked_verdict
from feedback.domain.errors import NotFound
from feedback.domain.sealing import Place, seal_review
from feedback.services.comments.open_comments import opened_comment, wave_in_review
from feedback.storage.audit_log import note
from feedback.storage.comments import comment_by_id
from feedback.storage.database import lock_wave
from feedback.storage.keys import KeyStore


def decide_comment(
    session: Session,
    keys: KeyStore,
    wave_id: int,
    *,
    comment_id: bytes,
    verdict: CommentVerdict,
    now: datetime,
    actor: str,
) -> None:
    """Replace the verdict on a comment.

    Raises ReviewRefused if the comment's author does not allow it or the text does not fit, NotFound if there is no
    such comment, WaveNotReady if nothing is in review.
    """
    lock_wave(session, wave_id)
    wave = wave_in_review(session, wave_id, now)
    place, row = Place(wave.programme_id, wave.id), comment_by_id(session, wave_id, comment_id)
    opened = opened_comment(row, keys.comment_key(wave_id), place) if row else None
    if row is None or opened is None:
        raise NotFound("There is no such comment in review.")
    checked = checked_verdict(opened.comment, verdict)
    row.decision, row.redacted = checked.decision, None
    if checked.decision is Decision.REDACTED:
        row.redacted = seal_review(checked.redacted.encode(), wave.comment_key, place, row.id, REVIEWED_BYTES)
    note(session, now, actor, "decided on a comment", f"wave {wave_id}")
    session.commit()
