"""Where participants read their programme's results: which address leads to which programme, by digest only."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Connection, ForeignKey, LargeBinary, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base, RawRead
from feedback.storage.notices import SaidText
from feedback.storage.programmes import Programme
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


_PAGES, _REPORTS = ResultsPage.__table__.c, StoredReport.__table__.c
_PROGRAMMES, _SAID = Programme.__table__.c, SaidText.__table__.c
# The chain hash of the newest report changes with it and with all before it.
_MARKS = RawRead(
    select(_PROGRAMMES.id, _PROGRAMMES.contact_name, _PROGRAMMES.contact_email)
    .add_columns(func.count(_REPORTS.wave_id).over(), _REPORTS.chain_hash)
    .join_from(ResultsPage.__table__, Programme.__table__, _PAGES.programme_id == _PROGRAMMES.id)
    .join(StoredReport.__table__, _REPORTS.programme_id == _PROGRAMMES.id)
    .where(_PAGES.digest == bindparam("digest"))
    .order_by(_REPORTS.number.desc())
    .limit(1)
)
# A hash of the documents there, since the participants' process sees no more of a report than its document.
_MARKS_BY_FUNCTION = text("""
SELECT programmes.id, programmes.contact_name, programmes.contact_email,
       count(*), sum(hashtextextended(found.written, 0))
FROM feedback_results(:digest) AS found
JOIN programmes ON programmes.id = found.programme
GROUP BY programmes.id
""")


def results_marks(connection: Connection, digest: bytes) -> tuple[int, str, str, int, Hashable] | None:
    """Return what the results behind an address hang on, without reading them; None if it is unknown.

    The programme's id, the name and address of its contact, the number of its reports, and a mark that changes with
    them.
    """
    row: Any
    if connection.dialect.name == "postgresql":
        row = connection.execute(_MARKS_BY_FUNCTION, {"digest": digest}).one_or_none()
    else:
        row = _MARKS.row(connection, digest=digest)
    return None if row is None else tuple(row)


_MINE = _SAID.programme_id == bindparam("programme_id")
_TEXTS = select(_SAID.language, _SAID.text).where(_MINE).order_by(_SAID.language)


def said_by(connection: Connection, programme_id: int) -> tuple[tuple[str, str], ...]:
    """Return what a programme says it did: (language code, text), by language."""
    return tuple((language, words) for language, words in connection.execute(_TEXTS, {"programme_id": programme_id}))


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
