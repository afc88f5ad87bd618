"""Show a reviewer the comments of one wave, word for word, with the decisions so far; note who read them.

Callers show people's own words: the pages let in reviewers only. Never reads people.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.comments.review import ReviewedComment, ReviewedQuestion
from feedback.domain.survey.questionnaires import Texts
from feedback.services.comments.open_comments import open_comments, wave_in_review
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import questionnaires_of


@dataclass(frozen=True)
class Review:
    """The comments of a wave in review. `words` are the questions' texts by code; all is destroyed at `expires_at`."""

    wave_id: int
    programme: str
    stage: str
    reviewer_name: str
    expires_at: datetime
    time_zone: ZoneInfo
    questions: tuple[ReviewedQuestion, ...]
    words: dict[str, Texts]

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


def list_comments(session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str) -> Review:
    """Return the comments of a wave, or raise WaveNotReady if none are in review."""
    with reading(session):
        wave = wave_in_review(session, wave_id, now)
        programme = programme_by_id(session, wave.programme_id)
        asked = questionnaires_of(session, wave_id).values()
        review = Review(
            wave_id=wave.id,
            programme=programme.name,
            stage=wave.stage,
            reviewer_name=wave.reviewer_name,
            expires_at=wave.comments_expire_at or now,
            time_zone=ZoneInfo(programme.time_zone),
            questions=open_comments(session, keys, wave),
            words={question.code: question.text for one in asked for question in one.open_questions},
        )
    note(session, now, actor, "read the comments", f"wave {wave_id}")
    session.commit()
    return review
