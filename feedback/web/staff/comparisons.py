"""What changed between two reports, and over all reports of a programme: as a page, and in each form to take away."""

from collections.abc import Sequence

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.report.report import Report, quoted_languages
from feedback.domain.staff import READERS
from feedback.locales.speech import spoken
from feedback.reporting.change import MOST_ROWS_ON_A_PAGE
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.formats import COMPARISON_FORMATS
from feedback.runtime import runtime
from feedback.services.reports.show_report import reports_of_waves, speaking_reports
from feedback.web.languages import offer_only
from feedback.web.staff.downloads import download, links
from feedback.web.staff.drawn_papers import drawn
from feedback.web.staff.guards import allowed


@allowed(*READERS)
def of_two(wave_id: int, before_id: int) -> ResponseReturnValue:
    """Show what changed since an earlier report, of this programme or of another one of the organisation."""
    return _page(
        _between(wave_id, before_id),
        links(COMPARISON_FORMATS, ".comparison_file", wave_id=wave_id, before_id=before_id),
    )


@allowed(*READERS)
def of_two_as_file(wave_id: int, before_id: int, ending: str) -> Response:
    """Download the comparison of two reports in the form that the ending names."""
    stem = f"wave-{before_id}-to-wave-{wave_id}"
    return download(COMPARISON_FORMATS[ending], _between(wave_id, before_id), stem, f"wave {wave_id}")


@allowed(*READERS)
def of_all(programme_id: int) -> ResponseReturnValue:
    """Show what changed over all reports of a programme, from the kick-off to the exit."""
    return _page(
        _over(programme_id),
        links(COMPARISON_FORMATS, ".changes_file", programme_id=programme_id),
    )


@allowed(*READERS)
def of_all_as_file(programme_id: int, ending: str) -> Response:
    """Download the comparison of all reports of a programme in the form that the ending names."""
    return download(
        COMPARISON_FORMATS[ending],
        _over(programme_id),
        f"programme-{programme_id}-changes",
        f"programme {programme_id}",
    )


def _between(wave_id: int, before_id: int) -> Sequence[Report]:
    return _offered(reports_of_waves(runtime().session(), (before_id, wave_id)))


def _over(programme_id: int) -> Sequence[Report]:
    return _offered(speaking_reports(runtime().session(), programme_id))


def _offered(reports: Sequence[Report]) -> Sequence[Report]:
    offer_only(quoted_languages(*reports))
    return reports


def _page(reports: Sequence[Report], downloads: Sequence[tuple[str, object]]) -> str:
    paper = drawn(compose_comparison(reports, spoken().code, MOST_ROWS_ON_A_PAGE))
    return render_template("report/comparison.html", paper=paper, downloads=downloads)
