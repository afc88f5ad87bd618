"""The public half of the key that signs the journal, so that whoever holds no key can tell it from another's."""

from sqlalchemy import CheckConstraint, Connection, LargeBinary, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base

_ROW = 1


class JournalKey(Base):
    """The one key."""

    __tablename__ = "journal_key"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))


def journal_key(connection: Connection | Session) -> bytes | None:
    """Return the public key, or None before the first journal."""
    return connection.scalar(select(JournalKey.public_key))


def set_journal_key(session: Session, public_key: bytes) -> None:
    """Let a journal be read that this key has signed, and none that another has; the caller commits."""
    forget_journal_key(session)
    session.execute(insert(JournalKey), [{"id": _ROW, "public_key": public_key}])


def forget_journal_key(session: Session) -> None:
    """Know of no journal; the caller commits."""
    session.execute(delete(JournalKey))
