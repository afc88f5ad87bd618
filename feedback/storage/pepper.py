"""The fingerprint of the pepper: that of the first participants' process, which all others must share. No secret."""

from sqlalchemy import CheckConstraint, Connection, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base, insert_or_keep

_ROW = 1


class KnownPepper(Base):
    """The one fingerprint that is known."""

    __tablename__ = "known_pepper"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))


def keep_fingerprint(connection: Connection, fingerprint: bytes) -> None:
    """Keep a fingerprint if none is known."""
    connection.execute(insert_or_keep(connection.dialect, KnownPepper, id=_ROW, fingerprint=fingerprint))


def known_fingerprint(connection: Connection) -> bytes | None:
    """Return the fingerprint that is known, if one is."""
    return connection.scalar(select(KnownPepper.fingerprint))


def forget_fingerprint(session: Session) -> None:
    """Let the next participants' process be the first again."""
    session.execute(delete(KnownPepper))
