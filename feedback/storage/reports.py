"""Published reports: one frozen document a wave, chained within its programme. Never reads people."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.bulk import among
from feedback.storage.database import Base

HASH_OF_NOTHING = hashlib.sha256(b"[]").hexdigest()
"""The statement hash of a report that says nothing."""


class StoredReport(Base):
    """One report: canonical JSON, its hashes, and the organisation's Ed25519 signature over the JSON."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    statement_hash: Mapped[str] = mapped_column(String(64))
    chain_hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


def last_report(session: Session, programme_id: int) -> StoredReport | None:
    """Return the newest report of a programme. Hold the programme's lock before adding to the chain."""
    mine = StoredReport.programme_id == programme_id
    return session.scalar(select(StoredReport).where(mine).order_by(StoredReport.number.desc()).limit(1))


def reports_of_programme(session: Session, programme_id: int) -> list[StoredReport]:
    """Return all reports of a programme, oldest first."""
    mine = StoredReport.programme_id == programme_id
    return list(session.scalars(select(StoredReport).where(mine).order_by(StoredReport.number)))


def speaking_waves(session: Session, wave_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these waves have a report that says something, by their ids."""
    speaking = select(StoredReport.wave_id).where(StoredReport.statement_hash != HASH_OF_NOTHING)
    found = (session.scalars(speaking.where(mine)) for mine in among(session, StoredReport.wave_id, wave_ids))
    return frozenset(number for part in found for number in part)


def waves_reported(session: Session, programme_id: int) -> frozenset[int]:
    """Return the waves of a programme that have a report; its documents are not read."""
    mine = StoredReport.programme_id == programme_id
    return frozenset(session.scalars(select(StoredReport.wave_id).where(mine)))


def report_of(session: Session, wave_id: int) -> StoredReport | None:
    """Return the report of a wave, if it is closed."""
    return session.get(StoredReport, wave_id)
