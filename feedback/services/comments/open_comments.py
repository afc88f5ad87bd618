"""Open the comments of a wave in review. Sees no person: the names to highlight come from another use case."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import CommentVerdict, Decision, ReviewedComment, ReviewedQuestion, read_comment
from feedback.domain.errors import SealBroken, WaveNotReady
from feedback.domain.sealing import Place, PrivateKey, SealedComment, SealedReview, open_comment, open_review
from feedback.domain.waves.states import WaveState
from feedback.storage.comment_releases import release_of
from feedback.storage.comments import StoredComment, comments_of, summaries_of
from feedback.storage.keys import KeyStore
from feedback.storage.waves import Wave, wave_by_id


def wave_in_review(session: Session, wave_id: int, now: datetime) -> Wave:
    """Return a wave whose comments can be reviewed now, or raise WaveNotReady."""
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.CLOSED:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; comments are reviewed after the close.")
    if release_of(session, wave_id) is not None:
        raise WaveNotReady(f"The comments of wave {wave_id} were released. What is released cannot be changed.")
    if wave.comments_expire_at is None:
        raise WaveNotReady(f"Wave {wave_id} has no comments: too few people answered or wrote.")
    if wave.comments_expire_at <= now:
        raise WaveNotReady(f"The comments of wave {wave_id} were not released in time. They have been destroyed.")
    return wave


def open_comments(session: Session, keys: KeyStore, wave: Wave) -> tuple[ReviewedQuestion, ...]:
    """Return the comments of a wave by question, or raise KeysMissing.

    A row that does not open was not sealed by the close of this wave; it is worth nothing and left out.
    """
    key, place = keys.comment_key(wave.id), Place(wave.programme_id, wave.id)
    rows = comments_of(session, wave.id)
    summaries = summaries_of(session, wave.id)
    return tuple(
        ReviewedQuestion(
            code=code,
            comments=tuple(one for row in rows if row.question == code and (one := opened_comment(row, key, place))),
            summary=_words(SealedReview(summaries[code]), key, place, code.encode()) if code in summaries else "",
        )
        for code in dict.fromkeys(row.question for row in rows)
    )


def opened_comment(row: StoredComment, key: PrivateKey, place: Place) -> ReviewedComment | None:
    """Return the text of a row and the decision on it, or None if it does not open."""
    try:
        comment = read_comment(open_comment(SealedComment(row.sealed), key, place, row.question))
    except SealBroken:
        return None
    redacted = "" if row.redacted is None else _words(SealedReview(row.redacted), key, place, row.id)
    return ReviewedComment(row.id, comment, CommentVerdict(Decision(row.decision), redacted))


def _words(sealed: SealedReview, key: PrivateKey, place: Place, subject: bytes) -> str:
    return open_review(sealed, key, place, subject).decode()
