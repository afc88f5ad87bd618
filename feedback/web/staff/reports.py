"""The published report of a wave: as a page, PDF, spreadsheet, CSV table and JSON; and what changed between two."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.rendering.blocks import Paper
from feedback.rendering.page import page_of
from feedback.rendering.pdf import write_pdf
from feedback.rendering.workbook import write_workbook
from feedback.reporting.comments_section import CommentsState
from feedback.reporting.comparison_paper import compose_comparison
from feedback.reporting.data import report_json
from feedback.reporting.every_number import report_csv
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.resources import templates_folder
from feedback.runtime import runtime
from feedback.services.export_comments import release_json
from feedback.services.show_released_comments import show_comments, show_release
from feedback.services.show_report import ShownReport, show_report
from feedback.web.guards import allowed
from feedback.web.staff.wording import language

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allowed(*StaffRole)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report."""
    shown = _shown(wave_id)
    state = _comments(wave_id)
    return render_template(
        "report/page.html",
        paper=page_of(compose_report(ReportSource(shown.signed, shown.earlier, state), language())),
        wave_id=wave_id,
        comparable=shown.comparable,
        has_released_comments=state.released is not None,
    )


@allowed(*StaffRole)
def as_pdf(wave_id: int) -> ResponseReturnValue:
    """Download the report as a PDF."""
    shown = _shown(wave_id)
    return _download(shown, write_pdf(_paper(shown), templates_folder()), "pdf", "application/pdf")


@allowed(*StaffRole)
def as_xlsx(wave_id: int) -> ResponseReturnValue:
    """Download the report as a spreadsheet."""
    shown = _shown(wave_id)
    return _download(shown, write_workbook(_paper(shown)), "xlsx", _XLSX)


@allowed(*StaffRole)
def as_csv(wave_id: int) -> ResponseReturnValue:
    """Download every number of the report as a table."""
    shown = _shown(wave_id)
    return _download(shown, report_csv(shown.signed.document, language()), "csv", "text/csv")


@allowed(*StaffRole)
def as_json(wave_id: int) -> ResponseReturnValue:
    """Download the signed document, byte for byte as it was signed, with what it takes to check it."""
    shown = _shown(wave_id)
    return _download(shown, report_json(shown.signed), "json", "application/json")


@allowed(*StaffRole)
def comments_as_json(wave_id: int) -> ResponseReturnValue:
    """Hand out the signed document of the released comments."""
    data = release_json(show_release(runtime().session(), wave_id))
    return _download(_shown(wave_id), data, "comments.json", "application/json")


@allowed(*StaffRole)
def compared(wave_id: int, before_id: int) -> ResponseReturnValue:
    """Show what changed since an earlier report, of this programme or of another one of the organisation."""
    paper = _comparison(wave_id, before_id)
    return render_template("report/comparison.html", paper=page_of(paper), wave_id=wave_id, before_id=before_id)


@allowed(*StaffRole)
def compared_as_pdf(wave_id: int, before_id: int) -> ResponseReturnValue:
    """Download the comparison as a PDF."""
    data = write_pdf(_comparison(wave_id, before_id), templates_folder())
    return _attached(data, f"wave-{before_id}-to-wave-{wave_id}.pdf", "application/pdf")


@allowed(*StaffRole)
def compared_as_xlsx(wave_id: int, before_id: int) -> ResponseReturnValue:
    """Download the comparison as a spreadsheet."""
    return _attached(write_workbook(_comparison(wave_id, before_id)), f"wave-{before_id}-to-wave-{wave_id}.xlsx", _XLSX)


def _shown(wave_id: int) -> ShownReport:
    return show_report(runtime().session(), wave_id)


def _paper(shown: ShownReport) -> Paper:
    return compose_report(ReportSource(shown.signed, shown.earlier, _comments(shown.wave_id)), language())


def _comments(wave_id: int) -> CommentsState:
    sheet = show_comments(runtime().session(), wave_id, now=runtime().clock())
    return CommentsState(sheet.release.comments if sheet.release else None, sheet.until)


def _comparison(wave_id: int, before_id: int) -> Paper:
    return compose_comparison([_shown(one).signed.document for one in (before_id, wave_id)], language())


# No name of a programme or organisation: a folder of downloads is seen over shoulders.
def _download(shown: ShownReport, data: bytes, suffix: str, mimetype: str) -> Response:
    name = f"programme-{shown.programme_id}-wave-{shown.wave_id}-{shown.stage}.{suffix}"
    return _attached(data, name, mimetype)


def _attached(data: bytes, name: str, mimetype: str) -> Response:
    response = Response(data, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
