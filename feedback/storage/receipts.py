"""Receipts listed in published reports, so that one can be looked up. Holds digests, whose order says nothing."""

from sqlalchemy import Connection, ForeignKey, LargeBinary, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class CountedReceipt(Base):
    """The SHA-256 digest of one receipt, and the wave in whose report it is listed."""

    __tablename__ = "counted_receipts"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))


def add_receipts(session: Session, wave_id: int, digests: list[bytes]) -> None:
    """Add the receipts of one report, sorted."""
    if digests:
        session.execute(insert(CountedReceipt), [{"digest": one, "wave_id": wave_id} for one in sorted(digests)])


def wave_counting(connection: Connection, digest: bytes) -> int | None:
    """Return the wave in whose report a receipt is listed, if there is one.

    On PostgreSQL a function looks it up: the participants' process can list no receipt.
    """
    if connection.dialect.name == "postgresql":
        found: int | None = connection.scalar(text("SELECT feedback_counted_in(:digest)"), {"digest": digest})
        return found
    return connection.scalar(select(CountedReceipt.wave_id).where(CountedReceipt.digest == digest))
