"""What participants see of their programme's results: the published reports, and what the programme says it changed."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.links import SHORT_SECRET_BYTES, from_address, results_digest
from feedback.domain.report.report import Report
from feedback.storage.notices import read_notice
from feedback.storage.programmes import programme_by_id
from feedback.storage.results import results_behind


@dataclass(frozen=True)
class Results:
    """A programme's published documents, oldest first and at least one, and what it says it did."""

    programme_id: int
    documents: tuple[str, ...]
    you_said: str
    contact_name: str
    contact_email: str

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """Return the documents as reports."""
        return tuple(map(Report.parse, self.documents))


def show_results(connection: Connection, address: str) -> Results:
    """Return the results behind an address; NotFound for an unknown or malformed one, at the same cost."""
    secret = from_address(address, SHORT_SECRET_BYTES) or bytes(SHORT_SECRET_BYTES)
    found = results_behind(connection, results_digest(secret))
    if not found:
        raise NotFound("This address leads to no results.")
    programme_id = found[0][0]
    with Session(connection) as session:
        programme = programme_by_id(session, programme_id)
        you_said, _help = read_notice(session, programme_id)
        return Results(
            programme_id=programme_id,
            documents=tuple(document for _programme, _wave, document in found),
            you_said=you_said,
            contact_name=programme.contact_name,
            contact_email=programme.contact_email,
        )
