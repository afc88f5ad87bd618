"""Comments in review: one sealed text each, under a random id; no author, no group, no time, no order.

A decision rewrites its row, so PostgreSQL's xmin and ctid show in which order the reviewer decided. Rows are inserted
in the order of their random ids and shown in it, so that order tells of the reviewer's acts and of nobody else's.
"""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.comments.progress import Outline
from feedback.domain.comments.review import Decision
from feedback.domain.sealing import SealedComment, SealedReview
from feedback.domain.waves.states import WaveState
from feedback.storage.bulk import among
from feedback.storage.database import Base
from feedback.storage.waves import Wave

_ID_BYTES = 16
_DECISIONS = ", ".join(f"'{decision}'" for decision in Decision)


class StoredComment(Base):
    """One comment, sealed to the wave's comment key, and what was decided; a redacted text is sealed to it too."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"decision IN ({_DECISIONS})", name="decision"),
        CheckConstraint("(decision = 'redacted') = (redacted IS NOT NULL)", name="redacted"),
        # Holds all that tells how far a review has come, so that no sealed text is read for it.
        Index("ix_comments_progress", "wave_id", "question", "id", "decision"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    question: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes]
    decision: Mapped[str] = mapped_column(String(10))
    redacted: Mapped[bytes | None]


class CommentSummary(Base):
    """A reviewer's summary of the comments on one question, sealed to the comment key until the release."""

    __tablename__ = "comment_summaries"
    __table_args__ = {"sqlite_with_rowid": False}

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes]


def add_comments(session: Session, wave_id: int, question: str, sealed: list[SealedComment]) -> None:
    """Insert the comments on one question, each under a random id of its own, in the order of those ids.

    Their order of arrival is lost on purpose: it follows the response keys, to which an old backup and a mail lead.
    """
    rows = sorted((secrets.token_bytes(_ID_BYTES), text) for text in sealed)
    fixed = {"wave_id": wave_id, "question": question, "decision": Decision.UNDECIDED}
    values = [{"id": number, "sealed": text, **fixed} for number, text in rows]
    if values:
        session.execute(insert(StoredComment), values)


def count_comments(session: Session, wave_id: int) -> int:
    """Return how many comments of a wave wait for review."""
    query = select(func.count()).select_from(StoredComment).where(StoredComment.wave_id == wave_id)
    return session.scalar(query) or 0


def waves_with_expired_comments(session: Session, now: datetime) -> int:
    """Return how many closed waves still have comments that should have been destroyed by now."""
    left = select(StoredComment.id).where(StoredComment.wave_id == Wave.id).exists()
    is_unread = and_(Wave.reviewer_left, Wave.state == WaveState.CLOSED)
    query = select(func.count()).select_from(Wave).where(or_(Wave.comments_expire_at <= now, is_unread), left)
    return session.scalar(query) or 0


def comments_of(session: Session, wave_id: int) -> list[StoredComment]:
    """Return the comments of a wave by question, in the order of their random ids."""
    query = select(StoredComment).where(StoredComment.wave_id == wave_id)
    return list(session.scalars(query.order_by(StoredComment.question, StoredComment.id)))


def outlines_of(session: Session, wave_id: int) -> tuple[Outline, ...]:
    """Return the comments of a wave without their texts, as `comments_of` orders them."""
    columns = select(StoredComment.id, StoredComment.question, StoredComment.decision)
    query = columns.where(StoredComment.wave_id == wave_id).order_by(StoredComment.question, StoredComment.id)
    decisions = {str(decision): decision for decision in Decision}
    # A page asks for each that is in review: past the ORM, and column by column, thousands take milliseconds.
    ids, questions, decided = tuple(zip(*session.connection().execute(query).all(), strict=True)) or ((), (), ())
    return tuple(map(Outline._make, zip(ids, questions, map(decisions.__getitem__, decided), strict=True)))


def comments_by_id(session: Session, wave_id: int, comment_ids: Collection[bytes]) -> dict[bytes, StoredComment]:
    """Return those of some comments that are a wave's, by id."""
    of_wave = select(StoredComment).where(StoredComment.wave_id == wave_id)
    found = (session.scalars(of_wave.where(mine)) for mine in among(session, StoredComment.id, comment_ids))
    return {row.id: row for part in found for row in part}


def comments_on(session: Session, wave_id: int, question: str) -> list[SealedComment]:
    """Return the sealed comments on one question, in the order of their random ids."""
    return [SealedComment(row.sealed) for row in comments_of(session, wave_id) if row.question == question]


def summaries_of(session: Session, wave_id: int) -> dict[str, SealedReview]:
    """Return the sealed summaries of a wave by question code."""
    query = select(CommentSummary).where(CommentSummary.wave_id == wave_id).order_by(CommentSummary.question)
    return {row.question: SealedReview(row.sealed) for row in session.scalars(query)}


def put_summary(session: Session, wave_id: int, question: str, sealed: SealedReview | None) -> None:
    """Replace the summary of the comments on a question; None removes it."""
    mine = (CommentSummary.wave_id == wave_id, CommentSummary.question == question)
    session.execute(delete(CommentSummary).where(*mine))
    if sealed is not None:
        session.execute(insert(CommentSummary).values(wave_id=wave_id, question=question, sealed=sealed))


def destroy_comments(session: Session, wave_id: int) -> None:
    """Delete all comments and summaries of a wave: they were released, or not decided on in time."""
    for table in (StoredComment, CommentSummary):
        session.execute(delete(table).where(table.wave_id == wave_id))
