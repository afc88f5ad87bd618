"""Open the comments of a wave in review. Sees no person: the names to highlight come from another use case."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.comments.review import CommentVerdict, Decision, ReviewedComment, ReviewedQuestion, read_comment
from feedback.domain.errors import NotNamed, SealBroken, WaveNotReady, sentence
from feedback.domain.sealing import Place, PrivateKey, SealedComment, SealedReview, open_comment, open_review
from feedback.domain.staff import Reviewer, check_is_owner
from feedback.domain.survey.questionnaires import Texts
from feedback.domain.waves.states import WaveState
from feedback.storage.comment_releases import release_of
from feedback.storage.comments import StoredComment, comments_of, summaries_of
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import Wave, questionnaires_of, wave_by_id

_NOT_NAMED = sentence("Only the person whose name participants were told reads these comments.")


@dataclass(frozen=True)
class ReviewHead:
    """What is told of a review. `words` are the questions' texts by code; all is destroyed at `expires_at`."""

    wave_id: int
    programme_id: int
    programme: str
    stage: str
    reviewer_name: str
    expires_at: datetime
    time_zone: ZoneInfo
    words: dict[str, Texts]


def review_head(session: Session, wave: Wave, now: datetime) -> ReviewHead:
    """Return what is told of the review of a wave."""
    programme = programme_by_id(session, wave.programme_id)
    asked = questionnaires_of(session, wave.id).values()
    return ReviewHead(
        wave_id=wave.id,
        programme_id=programme.id,
        programme=programme.name,
        stage=wave.stage,
        reviewer_name=wave.reviewer_name,
        expires_at=wave.comments_expire_at or now,
        time_zone=ZoneInfo(programme.time_zone),
        words={question.code: question.text for one in asked for question in one.open_questions},
    )


def wave_in_review(session: Session, wave_id: int, reviewer: Reviewer, now: datetime) -> Wave:
    """Return a wave whose comments somebody can review now.

    Raises NotNamed unless participants were told their name, or they run the service, or if it may be somebody else who
    asks; WaveNotReady.
    """
    check_is_owner(reviewer)
    wave = wave_by_id(session, wave_id)
    if reviewer.staff_id is not None and reviewer.staff_id != wave.reviewer_id:
        raise NotNamed(_NOT_NAMED)
    if wave.state != WaveState.CLOSED:
        raise WaveNotReady(sentence("Comments are reviewed after the close."))
    if release_of(session, wave_id) is not None:
        raise WaveNotReady(sentence("The comments were released. What is released cannot be changed."))
    if wave.reviewer_left:
        raise WaveNotReady(sentence("Whoever was to read these comments has left. They are destroyed unread."))
    if wave.comments_expire_at is None:
        raise WaveNotReady(sentence("There are no comments: too few people answered or wrote."))
    if wave.comments_expire_at <= now:
        raise WaveNotReady(sentence("The comments were not released in time. They have been destroyed."))
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
            summary=opened_summary(summaries[code], key, place, code) if code in summaries else "",
        )
        for code in dict.fromkeys(row.question for row in rows)
    )


def opened_summary(sealed: SealedReview, key: PrivateKey, place: Place, question: str) -> str:
    """Return the summary of the comments on a question."""
    return _words(sealed, key, place, question.encode())


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
