"""Show a reviewer some comments of one wave, word for word, and how far the review has come; note who read them.

Opens those that are shown and no others, and only to whom participants were told. Callers show people's own words.
Never reads people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from feedback.domain.comments.progress import Progress
from feedback.domain.comments.review import ReviewedComment
from feedback.domain.errors import NotFound, sentence
from feedback.domain.sealing import Place
from feedback.domain.staff import Reviewer
from feedback.services.comments.index_comments import CommentIndex, CommentIndexes
from feedback.services.comments.open_comments import (
    ReviewHead,
    opened_comment,
    opened_summary,
    review_head,
    wave_in_review,
)
from feedback.storage.audit_log import note
from feedback.storage.comments import comments_by_id, outlines_of, summaries_of
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.waves import Wave

MOST_ALIKE = 20
"""So many comments that say nearly the same are shown beside one, and may be decided with it."""

Chosen = tuple[bytes, ...]


@dataclass(frozen=True)
class ReadComments(ReviewHead):
    """Some comments in the order that was asked for, how far the review has come, and summaries by question."""

    progress: Progress
    comments: tuple[ReviewedComment, ...]
    summaries: dict[str, str]


class CommentReader:
    """Reads comments for pages, with the indexes that one process keeps."""

    def __init__(self, indexes: CommentIndexes) -> None:
        """Take the indexes, which are shared by all requests of the process."""
        self._indexes = indexes

    def page(
        self, session: Session, keys: KeyStore, wave_id: int, number: int, *, now: datetime, reviewer: Reviewer
    ) -> ReadComments:
        """Return a page of comments; NotFound if there is none of this number, WaveNotReady if none are in review."""

        def choose(progress: Progress, _index: CommentIndex) -> Chosen:
            return tuple(one.id for one in progress.page(number))

        return self._read(session, keys, wave_id, choose, now=now, reviewer=reviewer)

    def one(
        self, session: Session, keys: KeyStore, wave_id: int, comment_id: bytes, *, now: datetime, reviewer: Reviewer
    ) -> ReadComments:
        """Return a comment, and behind it undecided ones that say nearly the same; NotFound if there is none."""

        def choose(progress: Progress, index: CommentIndex) -> Chosen:
            return _with_alike(progress.at(comment_id).id, progress, index)

        found = self._read(session, keys, wave_id, choose, now=now, reviewer=reviewer)
        # Released, or damaged, since it was counted.
        if not found.comments or found.comments[0].id != comment_id:
            raise NotFound(sentence("There is no such comment in review."))
        return found

    def following(
        self, session: Session, keys: KeyStore, wave_id: int, behind: bytes | None, *, now: datetime, reviewer: Reviewer
    ) -> ReadComments:
        """Return as `one` does the first undecided comment behind another, or of all; no comment if none is left."""

        def choose(progress: Progress, index: CommentIndex) -> Chosen:
            found = progress.next_after(behind)
            return _with_alike(found.id, progress, index) if found else ()

        return self._read(session, keys, wave_id, choose, now=now, reviewer=reviewer)

    def _progress(self, session: Session, keys: KeyStore, wave: Wave) -> tuple[Progress, CommentIndex]:
        outlines = outlines_of(session, wave.id)
        index = self._indexes.of(session, keys, wave, (one.id for one in outlines))
        if len(index.readable) < len(outlines):
            outlines = tuple(one for one in outlines if one.id in index.readable)
        return Progress(outlines, frozenset(summaries_of(session, wave.id))), index

    def _read(
        self,
        session: Session,
        keys: KeyStore,
        wave_id: int,
        choose: Callable[[Progress, CommentIndex], Chosen],
        *,
        now: datetime,
        reviewer: Reviewer,
    ) -> ReadComments:
        with reading(session):
            wave = wave_in_review(session, wave_id, reviewer, now)
            head, (progress, index) = review_head(session, wave, now), self._progress(session, keys, wave)
            chosen = choose(progress, index)
            comments, summaries = _opened(session, keys, wave, chosen)
        note(session, now, reviewer.actor, "read the comments", f"wave {wave_id}")
        session.commit()
        return ReadComments(**vars(head), progress=progress, comments=comments, summaries=summaries)


def _with_alike(comment_id: bytes, progress: Progress, index: CommentIndex) -> Chosen:
    others = (other for other in index.alike.get(comment_id, ()) if other != comment_id)
    near = (other for other in others if not progress.at(other).is_decided)
    return (comment_id, *islice(near, MOST_ALIKE))


def _opened(
    session: Session, keys: KeyStore, wave: Wave, chosen: Chosen
) -> tuple[tuple[ReviewedComment, ...], dict[str, str]]:
    key, place, rows = (
        keys.comment_key(wave.id),
        Place(wave.programme_id, wave.id),
        comments_by_id(session, wave.id, chosen),
    )
    opened = (opened_comment(rows[one], key, place) for one in chosen if one in rows)
    summaries = {code: opened_summary(one, key, place, code) for code, one in summaries_of(session, wave.id).items()}
    return tuple(one for one in opened if one is not None), summaries
