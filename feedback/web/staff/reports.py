"""The published report of a wave: as a page, PDF, spreadsheet, CSV table and JSON."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.report.reading import report_languages
from feedback.domain.staff import StaffRole
from feedback.rendering.blocks import Paper
from feedback.rendering.page import page_of
from feedback.reporting.comments_section import CommentsState
from feedback.reporting.data import report_json
from feedback.reporting.every_number import report_csv
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.runtime import runtime
from feedback.services.comments.export_comments import release_json
from feedback.services.comments.show_released_comments import show_comments, show_release
from feedback.services.reports.show_report import ShownReport, show_report
from feedback.web.languages import offer_only
from feedback.web.staff import downloads
from feedback.web.staff.guards import allowed
from feedback.web.staff.wording import language


@allowed(*StaffRole)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report."""
    shown, comments = _shown(wave_id), _comments(wave_id)
    return render_template(
        "report/page.html",
        paper=page_of(_paper(shown, comments)),
        wave_id=wave_id,
        comparable=shown.comparable,
        has_released_comments=comments.released is not None,
    )


@allowed(*StaffRole)
def as_pdf(wave_id: int) -> Response:
    """Download the report as a PDF."""
    shown = _shown(wave_id)
    return downloads.as_pdf(_paper(shown, _comments(wave_id)), _stem(shown))


@allowed(*StaffRole)
def as_xlsx(wave_id: int) -> Response:
    """Download the report as a spreadsheet."""
    shown = _shown(wave_id)
    return downloads.as_xlsx(_paper(shown, _comments(wave_id)), _stem(shown))


@allowed(*StaffRole)
def as_csv(wave_id: int) -> Response:
    """Download every number of the report as a table."""
    shown = _shown(wave_id)
    return downloads.attached(report_csv(shown.signed.document, language()), f"{_stem(shown)}.csv", "text/csv")


@allowed(*StaffRole)
def as_json(wave_id: int) -> Response:
    """Download the signed document, byte for byte as it was signed, with what it takes to check it."""
    shown = _shown(wave_id)
    return downloads.attached(report_json(shown.signed), f"{_stem(shown)}.json", "application/json")


@allowed(*StaffRole)
def comments_as_json(wave_id: int) -> Response:
    """Download the signed document of the released comments."""
    data = release_json(show_release(runtime().session(), wave_id))
    return downloads.attached(data, f"{_stem(_shown(wave_id))}.comments.json", "application/json")


def _shown(wave_id: int) -> ShownReport:
    shown = show_report(runtime().session(), wave_id)
    offer_only(report_languages(shown.signed.document))
    return shown


def _comments(wave_id: int) -> CommentsState:
    sheet = show_comments(runtime().session(), wave_id, now=runtime().clock())
    return CommentsState(sheet.release.comments if sheet.release else None, sheet.until)


def _paper(shown: ShownReport, comments: CommentsState) -> Paper:
    return compose_report(ReportSource(shown.signed, shown.earlier, comments, shown.words), language())


def _stem(shown: ShownReport) -> str:
    return f"programme-{shown.programme_id}-wave-{shown.wave_id}-{shown.stage}"
