"""What participants see of their programme's results: the published reports, and what the programme says it changed."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from feedback.domain.errors import NotFound
from feedback.domain.languages import Language, languages_with
from feedback.domain.links import SHORT_SECRET_BYTES, from_address, results_digest
from feedback.domain.report.report import Report
from feedback.storage.results import results_behind, results_marks, said_by


@dataclass(frozen=True)
class ResultsState:
    """What a results page is made of: `mark` changes with the reports, of which there are `number`, at least one.

    `you_said` is what the programme says it did: (language code, text), by language.
    """

    programme_id: int
    contact_name: str
    contact_email: str
    you_said: tuple[tuple[str, str], ...]
    number: int
    mark: Hashable


def look_at_results(connection: Connection, address: str) -> ResultsState:
    """Return the state of a programme's results without reading them; NotFound for an unknown or malformed address."""
    marks = results_marks(connection, _digest(address))
    if marks is None:
        raise _no_results()
    programme_id, contact_name, contact_email, number, mark = marks
    you_said = said_by(connection, programme_id)
    return ResultsState(programme_id, contact_name, contact_email, you_said, number, mark)


def show_results(connection: Connection, address: str) -> tuple[Report, ...]:
    """Return the published reports behind an address, oldest first; NotFound for an unknown or malformed one."""
    found = results_behind(connection, _digest(address))
    if not found:
        raise _no_results()
    return tuple(Report.parse(document) for _programme, _wave, document in found)


def said_to(texts: Mapping[str, str], reader: Language) -> tuple[Language, str] | None:
    """Return the text of a reader's language, or else the first there is, with its language; None if there is none."""
    spoken = [one for one in (reader, *languages_with(texts)) if one.code in texts]
    return (spoken[0], texts[spoken[0].code]) if spoken else None


# A malformed address costs as much as an unknown one.
def _digest(address: str) -> bytes:
    return results_digest(from_address(address, SHORT_SECRET_BYTES) or bytes(SHORT_SECRET_BYTES))


def _no_results() -> NotFound:
    return NotFound("This address leads to no results.")
