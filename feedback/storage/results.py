"""Where participants read their programme's results: which address leads to which programme, by digest only."""

from sqlalchemy import Connection, ForeignKey, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base
from feedback.storage.reports import StoredReport


class ResultsPage(Base):
    """The SHA-256 digest of the secret in the address of one programme's results page."""

    __tablename__ = "results_pages"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


def keep_results_page(session: Session, programme_id: int, digest: bytes) -> None:
    """Make an address lead to a programme's results. Hold the programme's lock; the address is the same each time."""
    if session.get(ResultsPage, programme_id) is None:
        session.add(ResultsPage(programme_id=programme_id, digest=digest))


def results_behind(connection: Connection, digest: bytes) -> list[tuple[int, int, str]]:
    """Return (programme id, wave id, document) of each report behind an address, oldest first; none if it is unknown.

    On PostgreSQL a function looks them up: the participants' process reads no report otherwise.
    """
    if connection.dialect.name == "postgresql":
        rows = connection.execute(text("SELECT * FROM feedback_results(:digest)"), {"digest": digest})
        return [(programme, wave, document) for programme, wave, document in rows]
    query = (
        select(StoredReport.programme_id, StoredReport.wave_id, StoredReport.document)
        .join(ResultsPage, ResultsPage.programme_id == StoredReport.programme_id)
        .where(ResultsPage.digest == digest)
        .order_by(StoredReport.number)
    )
    return [(programme, wave, document) for programme, wave, document in connection.execute(query)]
