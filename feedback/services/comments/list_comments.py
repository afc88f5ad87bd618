"""Show a reviewer the comments of one wave, word for word, with the decisions so far; note who read them.

Callers show people's own words. Never reads people.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import ReviewedComment, ReviewedQuestion
from feedback.domain.staff import Reviewer
from feedback.services.comments.open_comments import ReviewHead, open_comments, review_head, wave_in_review
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore


@dataclass(frozen=True)
class Review(ReviewHead):
    """All comments of a wave in review."""

    questions: tuple[ReviewedQuestion, ...]

    @property
    def comments(self) -> tuple[ReviewedComment, ...]:
        """All comments, question by question."""
        return tuple(one for question in self.questions for one in question.comments)

    @property
    def decided(self) -> int:
        """How many are decided."""
        return sum(one.is_decided for one in self.comments)

    @property
    def is_finished(self) -> bool:
        """Whether everything is decided and summed up, so that it can be released."""
        return self.decided == len(self.comments) and not any(one.lacks_summary for one in self.questions)


def list_comments(session: Session, keys: KeyStore, wave_id: int, *, now: datetime, reviewer: Reviewer) -> Review:
    """Return the comments of a wave, or raise WaveNotReady if none are in review, NotNamed."""
    with reading(session):
        wave = wave_in_review(session, wave_id, reviewer, now)
        head, questions = review_head(session, wave, now), open_comments(session, keys, wave)
    note(session, now, reviewer.actor, "read the comments", f"wave {wave_id}")
    session.commit()
    return Review(**vars(head), questions=questions)
