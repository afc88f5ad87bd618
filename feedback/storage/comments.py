"""Comments in review: one sealed text each, under a random id; no author, no group, no time, no order."""

import secrets

from sqlalchemy import ForeignKey, LargeBinary, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.sealing import SealedComment
from feedback.storage.database import Base

_ID_BYTES = 16


class StoredComment(Base):
    """One comment, sealed to the wave's comment key."""

    __tablename__ = "comments"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    question: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes]


def add_comments(session: Session, wave_id: int, question: str, sealed: list[SealedComment]) -> None:
    """Insert the comments on one question, each under a random id of its own, in the order of those ids.

    The order they came in is lost: it is that of the response keys, which an old backup and a mail lead to.
    """
    rows = sorted((secrets.token_bytes(_ID_BYTES), text) for text in sealed)
    values = [{"id": number, "wave_id": wave_id, "question": question, "sealed": text} for number, text in rows]
    if values:
        session.execute(insert(StoredComment), values)


def count_comments(session: Session, wave_id: int) -> int:
    """Return how many comments of a wave wait for review."""
    query = select(func.count()).select_from(StoredComment).where(StoredComment.wave_id == wave_id)
    return session.scalar(query) or 0


def comments_on(session: Session, wave_id: int, question: str) -> list[SealedComment]:
    """Return the sealed comments on one question, in the order of their random ids."""
    query = (
        select(StoredComment.sealed)
        .where(StoredComment.wave_id == wave_id, StoredComment.question == question)
        .order_by(StoredComment.id)
    )
    return [SealedComment(sealed) for sealed in session.scalars(query)]


def destroy_comments(session: Session, wave_id: int) -> None:
    """Delete all comments of a wave that were not decided in time."""
    session.execute(delete(StoredComment).where(StoredComment.wave_id == wave_id))
