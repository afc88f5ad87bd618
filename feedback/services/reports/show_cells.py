"""How many people were in which group of which report: what an audit of several reports has to know."""

from typing import Any

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, sentence
from feedback.domain.report.cells import cells_of
from feedback.domain.report.report import Outcome, Report
from feedback.storage.database import reading
from feedback.storage.history import history_of
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import reports_of_programme


def show_cells(session: Session, programme_id: int) -> list[dict[str, Any]]:
    """Return the cells of a programme's published reports, oldest first, as `report audit --roster` reads them.

    Each has `people`, `groups` (a name or None for each report) and, where it is known, `role`. Raises NotFound if
    nothing was published.
    """
    with reading(session):
        programme_by_id(session, programme_id)
        stored = {one.wave_id: Report.parse(one.document) for one in reports_of_programme(session, programme_id)}
        waves = [
            (report.groups, history_of(session, number))
            for number, report in stored.items()
            if report.outcome is Outcome.PUBLISHED
        ]
        if not waves:
            raise NotFound(sentence("Nothing was published in this programme yet."))
        cells = [
            {"people": people, "groups": list(cell.names), **({"role": cell.role.value} if cell.role else {})}
            for cell, people in cells_of(waves).items()
        ]
    return sorted(cells, key=str)
