"""Released comments: one frozen document a wave, beside its report. Holds no time and nobody's name."""

from sqlalchemy import Connection, ForeignKey, LargeBinary, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base, RawRead


class CommentRelease(Base):
    """What a reviewer has released: canonical JSON, and the organisation's Ed25519 signature over it."""

    __tablename__ = "comment_releases"

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


def release_of(session: Session, wave_id: int) -> CommentRelease | None:
    """Return the release of a wave's comments, if there is one."""
    return session.get(CommentRelease, wave_id)


_RELEASES = CommentRelease.__table__.c
_MARK = RawRead(select(_RELEASES.signature).where(_RELEASES.wave_id == bindparam("wave_id")))


def mark_of(connection: Connection, wave_id: int) -> bytes | None:
    """Return the signature of what was released of a wave's comments: another one stands for another release."""
    row = _MARK.row(connection, wave_id=wave_id)
    return None if row is None else bytes(row[0])
