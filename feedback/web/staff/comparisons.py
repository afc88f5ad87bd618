"""What changed: between two reports, and over all reports of a programme; as a page, PDF and spreadsheet."""

from collections.abc import Sequence

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.report.report import Report, quoted_languages
from feedback.domain.staff import StaffRole
from feedback.rendering.blocks import Paper
from feedback.rendering.page import page_of
from feedback.reporting.comparison_paper import compose_comparison
from feedback.runtime import runtime
from feedback.services.reports.show_report import reports_of_waves, speaking_reports
from feedback.web.languages import offer_only
from feedback.web.staff.downloads import as_pdf, as_xlsx
from feedback.web.staff.guards import allowed
from feedback.web.staff.wording import language


@allowed(*StaffRole)
def of_two(wave_id: int, before_id: int) -> ResponseReturnValue:
    """Show what changed since an earlier report, of this programme or of another one of the organisation."""
    return _page(
        _between(wave_id, before_id),
        back=url_for(".report", wave_id=wave_id),
        pdf=url_for(".comparison_pdf", wave_id=wave_id, before_id=before_id),
        xlsx=url_for(".comparison_xlsx", wave_id=wave_id, before_id=before_id),
    )


@allowed(*StaffRole)
def of_two_as_pdf(wave_id: int, before_id: int) -> Response:
    """Download the comparison of two reports as a PDF."""
    return as_pdf(_between(wave_id, before_id), f"wave-{before_id}-to-wave-{wave_id}")


@allowed(*StaffRole)
def of_two_as_xlsx(wave_id: int, before_id: int) -> Response:
    """Download the comparison of two reports as a spreadsheet."""
    return as_xlsx(_between(wave_id, before_id), f"wave-{before_id}-to-wave-{wave_id}")


@allowed(*StaffRole)
def of_all(programme_id: int) -> ResponseReturnValue:
    """Show what changed over all reports of a programme, from the kick-off to the exit."""
    return _page(
        _over(programme_id),
        back=url_for(".programme", programme_id=programme_id),
        pdf=url_for(".changes_pdf", programme_id=programme_id),
        xlsx=url_for(".changes_xlsx", programme_id=programme_id),
    )


@allowed(*StaffRole)
def of_all_as_pdf(programme_id: int) -> Response:
    """Download the comparison of all reports of a programme as a PDF."""
    return as_pdf(_over(programme_id), f"programme-{programme_id}-changes")


@allowed(*StaffRole)
def of_all_as_xlsx(programme_id: int) -> Response:
    """Download the comparison of all reports of a programme as a spreadsheet."""
    return as_xlsx(_over(programme_id), f"programme-{programme_id}-changes")


def _between(wave_id: int, before_id: int) -> Paper:
    return _compared(reports_of_waves(runtime().session(), (before_id, wave_id)))


def _over(programme_id: int) -> Paper:
    return _compared(speaking_reports(runtime().session(), programme_id))


def _compared(reports: Sequence[Report]) -> Paper:
    offer_only(quoted_languages(*reports))
    return compose_comparison(reports, language())


def _page(paper: Paper, **addresses: str) -> str:
    return render_template("report/comparison.html", paper=page_of(paper), **addresses)
