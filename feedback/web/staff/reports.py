"""The published report of a wave: as a page, PDF, spreadsheet, CSV table and JSON."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.report.files import write_report_file, write_signed_file
from feedback.domain.report.report import quoted_languages
from feedback.domain.staff import StaffRole
from feedback.rendering.blocks import Paper
from feedback.rendering.page import page_of
from feedback.reporting.every_number import report_csv
from feedback.reporting.report_paper import compose_report
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_release
from feedback.services.reports.show_report import ShownReport, show_report
from feedback.web.languages import offer_only
from feedback.web.staff import downloads
from feedback.web.staff.guards import allowed
from feedback.web.staff.wording import language


@allowed(*StaffRole)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report."""
    shown = _shown(wave_id)
    return render_template(
        "report/page.html",
        paper=page_of(_paper(shown)),
        wave_id=wave_id,
        comparable=shown.comparable,
        has_released_comments=shown.source.comments.released is not None,
    )


@allowed(*StaffRole)
def as_pdf(wave_id: int) -> Response:
    """Download the report as a PDF."""
    shown = _shown(wave_id)
    return downloads.as_pdf(_paper(shown), _stem(shown.programme_id, wave_id, shown.stage))


@allowed(*StaffRole)
def as_xlsx(wave_id: int) -> Response:
    """Download the report as a spreadsheet."""
    shown = _shown(wave_id)
    return downloads.as_xlsx(_paper(shown), _stem(shown.programme_id, wave_id, shown.stage))


@allowed(*StaffRole)
def as_csv(wave_id: int) -> Response:
    """Download every number of the report as a table."""
    shown = _shown(wave_id)
    stem = _stem(shown.programme_id, wave_id, shown.stage)
    return downloads.attached(report_csv(shown.source.signed.report, language()), f"{stem}.csv", "text/csv")


@allowed(*StaffRole)
def as_json(wave_id: int) -> Response:
    """Download the signed document, byte for byte as it was signed, with what it takes to check it."""
    shown = _shown(wave_id)
    stem = _stem(shown.programme_id, wave_id, shown.stage)
    return downloads.attached(write_report_file(shown.source.signed), f"{stem}.json", "application/json")


@allowed(*StaffRole)
def comments_as_json(wave_id: int) -> Response:
    """Download the signed document of the released comments."""
    release = show_release(runtime().session(), wave_id)
    data = write_signed_file(release.json, release.signature, release.public_key)
    stem = _stem(release.programme_id, wave_id, release.stage)
    return downloads.attached(data, f"{stem}.comments.json", "application/json")


def _shown(wave_id: int) -> ShownReport:
    shown = show_report(runtime().session(), wave_id, now=runtime().clock())
    offer_only(quoted_languages(shown.source.signed.report))
    return shown


def _paper(shown: ShownReport) -> Paper:
    return compose_report(shown.source, language())


def _stem(programme_id: int, wave_id: int, stage: str) -> str:
    return f"programme-{programme_id}-wave-{wave_id}-{stage}"
