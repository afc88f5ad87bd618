"""Decide what becomes of comments, of one or of several at once. Never reads people.

The audit log says that somebody decided, not what: how many were withheld is nobody's business after the release.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import REVIEWED_BYTES, Comment, CommentVerdict, Decision, checked_verdict
from feedback.domain.errors import NotFound, sentence
from feedback.domain.sealing import Place, PrivateKey, seal_review
from feedback.domain.staff import Reviewer
from feedback.services.comments.open_comments import opened_comment, wave_in_review
from feedback.storage.audit_log import note
from feedback.storage.comments import StoredComment, comments_by_id
from feedback.storage.database import lock_wave
from feedback.storage.keys import KeyStore


def decide_comments(
    session: Session,
    keys: KeyStore,
    wave_id: int,
    *,
    verdicts: Mapping[bytes, CommentVerdict],
    unless_decided: Collection[bytes] = (),
    now: datetime,
    reviewer: Reviewer,
) -> None:
    """Replace the verdicts on comments, by their ids: all of them or none, but for those decided meanwhile.

    Of `unless_decided` a decision taken since their page was shown stands.
    Raises ReviewRefused if an author does not allow it or a text does not fit, NotFound if there is no such comment,
    WaveNotReady if nothing is in review, NotNamed if it is in review by somebody else.
    """
    lock_wave(session, wave_id)
    wave = wave_in_review(session, wave_id, reviewer, now)
    place, key = Place(wave.programme_id, wave.id), keys.comment_key(wave_id)
    rows = comments_by_id(session, wave_id, verdicts.keys())
    for comment_id, verdict in verdicts.items():
        row = _found(rows, comment_id)
        if comment_id in unless_decided and row.decision != Decision.UNDECIDED:
            continue
        checked = checked_verdict(_comment(row, key, place), verdict)
        row.decision, row.redacted = checked.decision, None
        if checked.decision is Decision.REDACTED:
            row.redacted = seal_review(checked.redacted.encode(), wave.comment_key, place, row.id, REVIEWED_BYTES)
    # Once, however many: with the published texts a count would tell how many were left out.
    note(session, now, reviewer.actor, "decided on comments", f"wave {wave_id}")
    session.commit()


def _found(rows: Mapping[bytes, StoredComment], comment_id: bytes) -> StoredComment:
    if comment_id not in rows:
        raise NotFound(sentence("There is no such comment in review."))
    return rows[comment_id]


def _comment(row: StoredComment, key: PrivateKey, place: Place) -> Comment:
    opened = opened_comment(row, key, place)
    if opened is None:
        raise NotFound(sentence("There is no such comment in review."))
    return opened.comment
