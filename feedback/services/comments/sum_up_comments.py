"""Replace the summary of the comments on one question. Never reads people."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import REVIEWED_BYTES, checked_words
from feedback.domain.errors import NotFound
from feedback.domain.sealing import Place, seal_review
from feedback.domain.staff import Reviewer
from feedback.services.comments.open_comments import wave_in_review
from feedback.storage.audit_log import note
from feedback.storage.comments import comments_on, put_summary
from feedback.storage.database import lock_wave


def sum_up_comments(
    session: Session, wave_id: int, question: str, *, summary: str, now: datetime, reviewer: Reviewer
) -> None:
    """Store a summary, or none if it is empty.

    Raises ReviewRefused if it is too long, NotFound if the question has no comments, WaveNotReady if nothing is in
    review, NotNamed if it is in review by somebody else.
    """
    lock_wave(session, wave_id)
    wave = wave_in_review(session, wave_id, reviewer, now)
    if not comments_on(session, wave_id, question):
        raise NotFound("There are no comments on such a question in review.")
    words = checked_words(summary).encode()
    place = Place(wave.programme_id, wave.id)
    sealed = seal_review(words, wave.comment_key, place, question.encode(), REVIEWED_BYTES) if words else None
    put_summary(session, wave_id, question, sealed)
    note(session, now, reviewer.actor, "wrote a summary of comments", f"wave {wave_id}")
    session.commit()
